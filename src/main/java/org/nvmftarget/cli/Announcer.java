package org.nvmftarget.cli;

import java.io.PrintWriter;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.render.PlanText;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetControl;
import org.nvmftarget.model.TransportAddress;

/** What {@code run} prints: where things are, the plans that it applied, and how to connect. */
final class Announcer {

    private final PrintWriter out;
    private final SortedSet<String> told = new TreeSet<>();
    private @Nullable TargetControl target;

    Announcer(PrintWriter out) {
        this.out = out;
    }

    void target(TargetControl control) {
        target = control;
    }

    synchronized void places(Daemon.Settings settings) {
        out.println("spec:   " + settings.specFile());
        out.println("state:  " + settings.stateDir());
        out.println("socket: " + settings.rpcSocket());
        out.flush();
    }

    /** On the control thread. */
    synchronized void applied(Plan plan) {
        out.print(PlanText.render(plan, Terminal.hasColour()));
        if (target != null) {
            SortedSet<String> now = new TreeSet<>();
            for (SubsystemSpec subsystem :
                    target.snapshot().config().subsystems().values()) {
                subsystem.listeners().keySet().forEach(address -> now.add(connect(address, subsystem)));
            }
            now.stream().filter(line -> !told.contains(line)).forEach(line -> out.println("connect: " + line));
            told.clear();
            told.addAll(now);
        }
        out.flush();
    }

    /** The line for a Linux host. */
    static String connect(TransportAddress address, SubsystemSpec subsystem) {
        String traddr = address.isWildcard() ? "ADDRESS-OF-THIS-MACHINE" : address.traddr();
        return "nvme connect -t " + address.trtype().key() + " -a " + traddr + " -s " + address.trsvcid() + " -n "
                + subsystem.nqn();
    }
}
