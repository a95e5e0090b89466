package org.nvmftarget.control.imports;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A value of the source, with its path. What was not taken from an object in the end is left behind, and named. */
final class Given {
    private final JsonNode node;
    private final String path;
    private final Ledger ledger;
    private final Set<String> taken = new HashSet<>();

    Given(JsonNode node, String path, Ledger ledger) {
        this.node = node;
        this.path = path;
        this.ledger = ledger;
    }

    /** Tells the ledger of everything in here, in the order of the source. */
    void register() {
        ledger.seen(path);
        node.properties()
                .forEach(member -> new Given(member.getValue(), path + "." + member.getKey(), ledger).register());
        items().forEach(Given::register);
    }

    String path() {
        return path;
    }

    boolean isObject() {
        return node.isObject();
    }

    boolean has(String key) {
        return node.has(key);
    }

    /** A member of an object, which then counts as taken. */
    Optional<Given> take(String key) {
        JsonNode member = node.get(key);
        if (member == null) {
            return Optional.empty();
        }
        taken.add(key);
        return Optional.of(new Given(member, path + "." + key, ledger));
    }

    /** The text of a scalar member, which then counts as taken; empty if there is none. */
    Optional<String> text(String key) {
        return take(key).flatMap(Given::text);
    }

    /** The text of a scalar member, which is not taken by this. */
    Optional<String> peek(String key) {
        JsonNode member = node.get(key);
        return member == null ? Optional.empty() : new Given(member, path + "." + key, ledger).text();
    }

    /** A scalar's text, as it stands. */
    Optional<String> text() {
        return node.isValueNode() && !node.isNull() ? Optional.of(node.asString()) : Optional.empty();
    }

    /** The items of a list; none if it is no list. */
    List<Given> items() {
        List<Given> items = new ArrayList<>();
        for (JsonNode item : node.isArray() ? node : List.<JsonNode>of()) {
            items.add(new Given(item, path + "[" + items.size() + "]", ledger));
        }
        return items;
    }

    /** The items of a list that is a member, which then counts as taken. */
    List<Given> items(String key) {
        return take(key).map(Given::items).orElse(List.of());
    }

    /** Takes a member that has this value, which means nothing that the target would not do anyway. */
    Given without(String key, String value) {
        JsonNode member = node.get(key);
        if (member != null && member.isValueNode() && member.asString().equals(value)) {
            taken.add(key);
        }
        return this;
    }

    /** The members of an object that nobody took yet. They count as taken then. */
    List<String> rest() {
        List<String> rest = new ArrayList<>(node.propertyNames());
        rest.removeAll(taken);
        return rest;
    }

    /** Puts the scalar members that nobody took yet into {@code draft} under their own names. */
    void moveRest(Draft draft) {
        for (String key : rest()) {
            take(key)
                    .ifPresent(member -> member.text()
                            .ifPresentOrElse(
                                    value -> draft.put(key, value, member.path()),
                                    () -> ledger.left(member.path(), Draft.NOTHING)));
        }
    }

    /** Leaves behind the members that nobody took. */
    void leaveRest() {
        for (String key : rest()) {
            take(key).ifPresent(member -> member.leave(Draft.NOTHING));
        }
    }

    void leave(String why) {
        ledger.left(path, why);
    }
}
