package org.nvmftarget.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.admit.StateDir;
import org.nvmftarget.control.plan.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code approve}. */
@Command(
        name = "approve",
        description = "Consent, on this host, to one plan that a guard refused. The daemon sees the consent within"
                + " seconds; nothing else is touched.")
final class ApproveCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Parameters(paramLabel = "PLAN_ID", description = "as `plan` and `status` show it: sha256:…")
    private String planId = "";

    @Override
    public Integer call() {
        Path folder = daemon.stateDir();
        try {
            check(StateDir.readLatch(folder), folder);
            StateDir.approve(folder, planId);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
        spec.commandLine().getOut().println("approved: " + planId);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private void check(Optional<Candidate> latched, Path folder) {
        Candidate refused = latched.filter(candidate -> candidate.outcome() == Candidate.Outcome.REFUSED)
                .orElseThrow(() -> new CommandFailure(
                        "no plan is refused, by what " + folder + " says: there is nothing to consent to"));
        if (!refused.planId().equals(Optional.of(planId))) {
            throw new CommandFailure("no plan " + planId + " is refused, by what " + folder
                    + " says; the text or the target has changed since it was shown, and the plan is now "
                    + refused.planId().orElse("none"));
        }
        for (Refusal refusal : refused.refusals()) {
            if (!refusal.approvable()) {
                throw new CommandFailure(
                        "no consent can lift the guard '" + refusal.guard() + "': " + refusal.message());
            }
        }
    }
}
