package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the chapter "Reservations" of the NVMe Base specification says, once more and in another form: plain maps, one
 * procedure for each command, and the access matrix as the text of its table. Hosts are numbers.
 */
final class ReservationModel {

    static final String OK = "ok";
    static final String CONFLICT = "conflict";
    static final String INVALID = "invalid";

    /** Rows by RTYPE: what another registrant and what another host may do; the holder may do all. */
    private static final String[][] ACCESS = {
        {"RW", "RW"}, {"R", "R"}, {"", ""}, {"RW", "R"}, {"RW", ""}, {"RW", "R"}, {"RW", ""},
    };

    /** What a controller's host has not read: {@code NUMBER TYPE}. */
    static final class Log {
        final int host;
        final List<String> entries = new ArrayList<>();
        int count;

        Log(int host) {
            this.host = host;
        }
    }

    /** Keys by host, in the order of registration. */
    final Map<Integer, Long> keys = new LinkedHashMap<>();

    int rtype;
    /** Holds alone; -1 for none or all. */
    int holder = -1;

    boolean ptpl;
    long gen;
    int mask;
    final Map<Integer, Log> logs = new TreeMap<>();

    boolean holds(int host) {
        return rtype >= 5 ? keys.containsKey(host) : rtype != 0 && holder == host;
    }

    boolean admits(int host, char what) {
        return holds(host) || ACCESS[rtype][keys.containsKey(host) ? 0 : 1].indexOf(what) >= 0;
    }

    // Commands

    String register(int host, int action, boolean iekey, int cptpl, long crkey, long nrkey) {
        Long mine = keys.get(host);
        boolean match = mine != null && mine == crkey;
        if (action > 2 || cptpl == 1 || (action != 1 && nrkey == 0)) {
            return INVALID;
        }
        boolean refused = switch (action) {
            case 0 -> mine != null && mine != nrkey;
            case 1 -> mine == null || !(match || iekey);
            default -> !(match || iekey);
        };
        if (refused) {
            return CONFLICT;
        }
        if (action == 1) {
            boolean loses = holds(host) && rtype < 5;
            int was = rtype;
            keys.remove(host);
            if (loses || keys.isEmpty()) {
                drop();
            }
            if (loses && was > 2) {
                tellRegistrants(host, 2);
            }
        } else {
            keys.put(host, nrkey);
        }
        if (cptpl != 0) {
            ptpl = cptpl == 3;
        }
        gen++;
        return OK;
    }

    String acquire(int host, int action, boolean iekey, int type, long crkey, long prkey) {
        if (action > 2 || iekey || type < 1 || type > 6) {
            return INVALID;
        }
        if (!Long.valueOf(crkey).equals(keys.get(host))) {
            return CONFLICT;
        }
        if (action == 0) {
            if (rtype != 0) {
                return holds(host) && rtype == type ? OK : CONFLICT;
            }
            take(host, type);
            return OK;
        }
        return preempt(host, type, prkey);
    }

    private String preempt(int host, int type, long prkey) {
        boolean single = rtype >= 1 && rtype <= 4;
        boolean shared = rtype >= 5;
        if (single && prkey == 0) {
            return INVALID;
        }
        boolean takes = shared ? prkey == 0 : single && Objects.requireNonNull(keys.get(holder)) == prkey;
        List<Integer> gone = new ArrayList<>();
        for (Map.Entry<Integer, Long> e : keys.entrySet()) {
            boolean named = (shared && prkey == 0) || e.getValue() == prkey;
            if (named && !(takes && e.getKey() == host)) {
                gone.add(e.getKey());
            }
        }
        if (!takes && gone.isEmpty()) {
            return CONFLICT;
        }
        int was = rtype;
        gone.forEach(keys::remove);
        if (takes) {
            take(host, type);
        } else if (keys.isEmpty()) {
            drop();
        }
        for (int victim : gone) {
            if (victim != host) {
                tell(victim, 1);
            }
        }
        if (takes && was != type) {
            tellRegistrants(host, 2);
        }
        gen++;
        return OK;
    }

    String release(int host, int action, boolean iekey, int type, long crkey) {
        if (action > 1 || iekey || (action == 0 && (type < 1 || type > 6))) {
            return INVALID;
        }
        if (!Long.valueOf(crkey).equals(keys.get(host))) {
            return CONFLICT;
        }
        if (action == 1) {
            tellRegistrants(host, 3);
            keys.clear();
            drop();
            gen++;
            return OK;
        }
        if (!holds(host)) {
            return OK;
        }
        if (rtype != type) {
            return INVALID;
        }
        drop();
        if (type > 2) {
            tellRegistrants(host, 2);
        }
        return OK;
    }

    private void take(int host, int type) {
        rtype = type;
        holder = type >= 5 ? -1 : host;
    }

    private void drop() {
        rtype = 0;
        holder = -1;
    }

    // Notifications

    private void tellRegistrants(int except, int type) {
        for (int host : keys.keySet()) {
            if (host != except) {
                tell(host, type);
            }
        }
    }

    private void tell(int host, int type) {
        if ((mask & 1 << type) != 0) {
            return;
        }
        for (Log log : logs.values()) {
            if (log.host == host) {
                log.count++;
                log.entries.add(log.count + " " + type);
            }
        }
    }

    /** The target ends and begins again, or the namespace goes and comes back. */
    void powerCycle() {
        mask = 0;
        if (!ptpl) {
            keys.clear();
            drop();
            gen = 0;
        }
    }

    // Report

    /** As Reservation Report has it. */
    String report(int lengthBytes, java.util.function.IntFunction<String> hostId) {
        StringBuilder s = new StringBuilder();
        s.append(little(gen, 4)).append(little(rtype, 1)).append(little(keys.size(), 2));
        s.append("0000").append(ptpl ? "01" : "00").append("00".repeat(54));
        keys.forEach((host, key) -> s.append("ffff")
                .append(holds(host) ? "01" : "00")
                .append("0000000000")
                .append(little(key, 8))
                .append(hostId.apply(host))
                .append("00".repeat(32)));
        s.append("00".repeat(lengthBytes));
        return s.substring(0, lengthBytes * 2);
    }

    private static String little(long value, int bytes) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < bytes; i++) {
            s.append(String.format("%02x", (value >>> (8 * i)) & 0xFF));
        }
        return s.toString();
    }
}
