package org.nvmftarget.data.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.reservation.Registrant;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.data.reservation.Reservations;
import org.nvmftarget.data.reservation.WriteProtection;
import org.nvmftarget.data.target.NamespaceIdentity;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of a namespace's file. What it cannot read it reports with {@link IllegalArgumentException}. */
final class StateJson {
    private StateJson() {}

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int FORMAT = 1;

    static String write(NamespaceIdentity identity, NamespaceState state) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format_version", FORMAT);
        root.put("subsystem", identity.nqn().value());
        root.put("nsid", identity.nsid().toString());
        root.put("uuid", identity.uuid().toString());
        root.put("bdev_uuid", identity.bdevUuid().toString());
        root.put("write_protected", state.isWriteProtected());
        Reservations r = state.reservations();
        if (r.ptpl()) {
            write(root.putObject("reservations"), r);
        }
        return root.toPrettyString() + "\n";
    }

    private static void write(ObjectNode to, Reservations r) {
        to.put("generation", r.generation() & 0xFFFF_FFFFL);
        ReservationType type = r.type();
        if (type != null) {
            to.put("type", type.word());
        }
        HostId holder = r.holder();
        if (holder != null) {
            to.put("holder", holder.toString());
        }
        ArrayNode registrants = to.putArray("registrants");
        for (Registrant one : r.registrants()) {
            registrants.addObject().put("host_id", one.host().toString()).put("key", hex(one.key()));
        }
    }

    private static String hex(long key) {
        return "0x" + Long.toHexString(key);
    }

    /** The state in a file that must be the one of {@code identity}. */
    static NamespaceState read(String json, NamespaceIdentity identity) {
        JsonNode root = parse(json);
        int format = required(root, "format_version").asInt();
        if (format != FORMAT) {
            throw new IllegalArgumentException("it has format_version " + format + ", not " + FORMAT);
        }
        mustBe(identity.nqn().value(), text(root, "subsystem"));
        mustBe(identity.nsid().toString(), text(root, "nsid"));
        mustBe(identity.uuid().toString(), text(root, "uuid"));
        mustBe(identity.bdevUuid().toString(), text(root, "bdev_uuid"));
        WriteProtection protection = bool(root, "write_protected") ? WriteProtection.PROTECTED : WriteProtection.NONE;
        JsonNode reservations = root.get("reservations");
        return new NamespaceState(
                reservations == null ? Reservations.NONE : readReservations(reservations), 0, protection);
    }

    private static Reservations readReservations(JsonNode node) {
        List<Registrant> registrants = new ArrayList<>();
        for (JsonNode one : required(node, "registrants")) {
            registrants.add(new Registrant(HostId.parse(text(one, "host_id")), key(text(one, "key"))));
        }
        long generation = required(node, "generation").asLong();
        if (generation != (generation & 0xFFFF_FFFFL)) {
            throw new IllegalArgumentException("generation is " + generation);
        }
        String holder = optional(node, "holder");
        return new Reservations(
                registrants, type(optional(node, "type")), holder == null ? null : HostId.parse(holder), true, (int)
                        generation);
    }

    private static @Nullable ReservationType type(@Nullable String name) {
        return name == null ? null : ReservationType.ofWord(name);
    }

    private static long key(String text) {
        if (!text.startsWith("0x")) {
            throw new IllegalArgumentException("'" + text + "' is no key");
        }
        long key = Long.parseUnsignedLong(text, 2, text.length(), 16);
        if (key == 0) {
            throw new IllegalArgumentException("a key is 0");
        }
        return key;
    }

    private static void mustBe(String expected, String found) {
        if (!expected.equals(found)) {
            throw new IllegalArgumentException("it is of '" + found + "', not of '" + expected + "'");
        }
    }

    private static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static JsonNode required(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return value;
    }

    private static String text(JsonNode node, String name) {
        return string(required(node, name), name);
    }

    private static @Nullable String optional(JsonNode node, String name) {
        JsonNode value = node.get(name);
        return value == null ? null : string(value, name);
    }

    private static String string(JsonNode value, String name) {
        if (!value.isString()) {
            throw new IllegalArgumentException("'" + name + "' is no text");
        }
        return value.asString();
    }

    private static boolean bool(JsonNode node, String name) {
        JsonNode value = required(node, name);
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("'" + name + "' is neither true nor false");
        }
        return value.asBoolean();
    }
}
