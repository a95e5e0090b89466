package org.nvmftarget.control.admit;

/** Specs to admit. */
final class SpecLines {
    static final String NQN_A = "nqn.2026-11.org.example:a";
    static final String NQN_B = "nqn.2026-11.org.example:b";

    private SpecLines() {}

    /** A spec with one subsystem for each of {@code nqns}, each with a namespace on 127.0.0.1:4420. */
    static String of(String... nqns) {
        StringBuilder text = new StringBuilder("version: 1\ntransports: { tcp: }\n");
        text.append(nqns.length == 0 ? "" : "bdevs:\n");
        for (int i = 0; i < nqns.length; i++) {
            text.append("  m").append(i).append(": { type: malloc, size: 1MiB }\n");
        }
        text.append(nqns.length == 0 ? "" : "subsystems:\n");
        for (int i = 0; i < nqns.length; i++) {
            text.append("  ").append(nqns[i]).append(":\n");
            text.append("    namespaces: { 1: { bdev: m").append(i).append(" } }\n");
            text.append("    listeners: [ { trtype: tcp, traddr: 127.0.0.1, trsvcid: 4420 } ]\n");
        }
        return text.toString();
    }

    /** {@code spec}, with the first subsystem protected. */
    static String protecting(String spec) {
        return spec.replaceFirst("(  nqn[^\\n]*:\\n)", "$1    protect: true\n");
    }
}
