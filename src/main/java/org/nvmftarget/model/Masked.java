package org.nvmftarget.model;

import java.util.regex.Pattern;

/** Texts of the operator's without the keys that somebody may have written into them. */
final class Masked {
    private static final Pattern KEY = Pattern.compile("(?<=DHHC-1:)[^\\s\"'`,}\\]]+");

    private Masked() {}

    /** As long as {@code text}, so that a column still points where it did. */
    static String of(String text) {
        return text.contains("DHHC-1:")
                ? KEY.matcher(text).replaceAll(key -> "*".repeat(key.group().length()))
                : text;
    }
}
