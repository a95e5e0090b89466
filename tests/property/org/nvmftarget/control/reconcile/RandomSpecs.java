package org.nvmftarget.control.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts of valid specs over few names, so that two of them nearly always touch the same objects. */
final class RandomSpecs {
    static final String HOST = "nqn.2026-11.org.example:host";

    private final Random random;
    private final StringBuilder text = new StringBuilder("version: 1\n");

    private RandomSpecs(Random random) {
        this.random = random;
    }

    static String text(Random random) {
        return new RandomSpecs(random).write();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private String write() {
        text.append("transports: { tcp: ")
                .append(chance(80) ? "{}" : "{ sock_priority: 3 }")
                .append(" }\n");
        if (chance(4)) {
            return text.toString();
        }
        text.append("bdevs:\n");
        List<String> free = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            if (chance(85)) {
                text.append("  m").append(i).append(": { type: ").append(type(i));
                text.append(chance(80) ? "" : ", limits: { iops: " + (1 + random.nextInt(2)) + "000 }");
                text.append(" }\n");
                free.add("m" + i);
            }
        }
        if (free.isEmpty()) {
            text.append("  m0: { type: malloc, size: 1MiB }\n");
        }
        text.append("subsystems:\n  nqn.2026-11.org.example:always: {}\n");
        for (int i = 0; i < 5; i++) {
            if (chance(75)) {
                subsystem(i, free);
            }
        }
        settings();
        return text.append("# ").append(random.nextInt()).append('\n').toString();
    }

    /** A drive has a size of its own. */
    private String type(int i) {
        if (chance(15)) {
            return "nvme, path: /dev/ng" + i + "n1";
        }
        return (chance(90) ? "malloc" : "\"null\"") + ", size: " + (1 + random.nextInt(2)) + "MiB";
    }

    private void subsystem(int i, List<String> free) {
        text.append("  nqn.2026-11.org.example:s").append(i).append(":\n");
        text.append("    serial_number: S").append(chance(90) ? 0 : 1).append('\n');
        boolean listed = chance(50);
        boolean any = chance(60);
        text.append("    allow_any_host: ").append(any).append('\n');
        if (listed) {
            text.append("    hosts: { ")
                    .append(HOST)
                    .append(": ")
                    .append(keys())
                    .append(" }\n");
        }
        if (chance(12)) {
            text.append("    protect: true\n");
        }
        String usual = "m" + i;
        if (!free.isEmpty() && chance(80)) {
            String bdev = chance(80) && free.remove(usual) ? usual : free.remove(random.nextInt(free.size()));
            text.append("    namespaces: { ")
                    .append(chance(85) ? 1 : 2)
                    .append(": { bdev: ")
                    .append(bdev);
            text.append((any || listed) && chance(25) ? ", hosts: { " + HOST + ": {} }" : "");
            text.append(chance(90) ? "" : ", ana_group: 2").append(" } }\n");
        }
        if (chance(85)) {
            // Some share an address, the others have one of their own.
            text.append("    listeners:\n      - { trtype: tcp, traddr: 127.0.0.1, trsvcid: ");
            text.append(4420 + (i % 2 == 0 ? i : 0)).append(" }\n");
            if (chance(50)) {
                text.append("      - { trtype: tcp, traddr: 127.0.0.").append(2 + random.nextInt(2));
                text.append(", trsvcid: 4420 }\n");
            }
        }
    }

    private String keys() {
        return chance(50) ? "{}" : "{ dhchap_key: { file: /keys/" + random.nextInt(2) + " } }";
    }

    private void settings() {
        text.append("reconcile: { settle: ").append(random.nextInt(3)).append('s');
        if (chance(50)) {
            text.append(", max_deletions: ").append(random.nextInt(5) * 25).append('%');
        }
        if (chance(30)) {
            text.append(", on_active: proceed");
        }
        text.append(" }\n");
    }
}
