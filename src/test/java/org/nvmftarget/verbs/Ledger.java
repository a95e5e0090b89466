package org.nvmftarget.verbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the program has open. */
public final class Ledger {

    /** Kinds of objects that must be closed. */
    public enum Kind {
        EVENT_CHANNEL,
        ID,
        DOMAIN,
        REGION,
        COMPLETION_CHANNEL,
        COMPLETION_QUEUE,
        SHARED_RECEIVE_QUEUE,
        QUEUE_PAIR
    }

    private final World world;
    private final Map<Object, Kind> open = new LinkedHashMap<>();
    private long opened;

    Ledger(World world) {
        this.world = world;
    }

    void open(Kind kind, Object object) {
        opened++;
        open.put(object, kind);
        world.note("open", open.size(), object::toString);
    }

    void close(Object object) {
        Kind kind = open.remove(object);
        if (kind == null) {
            throw world.violation(object + " is closed and was not open");
        }
        world.note("close", open.size(), object::toString);
    }

    /** How many of a kind are open. */
    public int count(Kind kind) {
        return (int) open.values().stream().filter(k -> k == kind).count();
    }

    /** How many objects there ever were. */
    public long opened() {
        return opened;
    }

    /** What is open, for people. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        open.forEach((object, kind) -> lines.add(kind + " " + object));
        return lines;
    }

    /** What is open of a device, for people. */
    List<String> describe(SoftDevice device) {
        List<String> lines = new ArrayList<>();
        open.forEach((object, kind) -> {
            if (object instanceof OfDevice of && device.equals(of.device())) {
                lines.add(kind + " " + object);
            }
        });
        return lines;
    }

    /** An object that holds its device. */
    interface OfDevice {
        @Nullable
        SoftDevice device();
    }
}
