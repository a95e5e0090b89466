package org.nvmftarget.cli;

/** The program. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Logging.install();
        System.exit(NvmfTarget.commandLine().execute(args));
    }
}
