package org.nvmftarget.control.config;

import java.util.Optional;
import java.util.SortedMap;
import org.nvmftarget.control.config.Node.Mapping;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
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
        TargetConfig target = target(root, transports, bdevs);
        return new DesiredState(
                target,
                SettingsBinder.reconcile(root.get("reconcile")),
                SettingsBinder.log(root.get("log")),
                SettingsBinder.rpc(root.get("rpc")));
    }

    private TargetConfig target(Fields root, Transports transports, Bdevs bdevs) {
        SharedAddresses addresses = new SharedAddresses(problems);
        AddressBinder binder = new AddressBinder(transports);
        ListenersBinder listeners = new ListenersBinder(binder, declarations, addresses);
        SortedMap<Nqn, SubsystemSpec> subsystems =
                new SubsystemsBinder(listeners, bdevs, declarations, problems).bind(root.get("subsystems"));
        DiscoverySpec discovery =
                new DiscoveryBinder(binder, listeners, declarations, addresses).bind(root.get("discovery"));
        addresses.reportCovered();
        return new TargetConfig(transports.options(), bdevs.specs(), subsystems, discovery);
    }

    private static void checkVersion(Value version) {
        version.text(VERSION)
                .filter(text -> !text.equals(VERSION))
                .ifPresent(text -> version.problem(
                        Wording.quoted(text) + " is no version of the format that is known here", "write version: 1"));
    }
}
