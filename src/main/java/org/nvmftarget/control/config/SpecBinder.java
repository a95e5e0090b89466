package org.nvmftarget.control.config;

import java.util.Optional;
import org.nvmftarget.control.config.Node.Mapping;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.TargetConfig;

/** Binds a whole document, section by section, and gathers what is wrong on the way. */
final class SpecBinder {

    private static final String VERSION = "1";

    private final Problems problems;
    private final Declarations declarations = new Declarations();

    SpecBinder(Problems problems) {
        this.problems = problems;
    }

    SpecResult bind(Mapping document) {
        Value root = new Value(document, SpecPath.ROOT, document.place(), problems);
        Optional<DesiredState> state = root.fields(Section.ROOT).map(this::bind);
        return new SpecResult(
                problems.isEmpty() ? state : Optional.empty(), problems.sorted(), declarations.sourceMap());
    }

    private DesiredState bind(Fields root) {
        root.require("version").ifPresent(SpecBinder::checkVersion);
        Transports transports = Transports.bind(root.get("transports"), declarations);
        Bdevs bdevs = Bdevs.bind(root.get("bdevs"), declarations, problems);
        SubsystemsBinder subsystems = new SubsystemsBinder(transports, bdevs, declarations, problems);
        TargetConfig target =
                new TargetConfig(transports.options(), bdevs.specs(), subsystems.bind(root.get("subsystems")));
        return new DesiredState(
                target,
                SettingsBinder.reconcile(root.get("reconcile")),
                SettingsBinder.log(root.get("log")),
                SettingsBinder.rpc(root.get("rpc")));
    }

    private static void checkVersion(Value version) {
        version.text(VERSION)
                .filter(text -> !text.equals(VERSION))
                .ifPresent(text -> version.problem(
                        Wording.quoted(text) + " is no version of the format that is known here", "write version: 1"));
    }
}
