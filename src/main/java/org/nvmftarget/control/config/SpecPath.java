package org.nvmftarget.control.config;

import org.jspecify.annotations.Nullable;

/** The path of a value in the document; its text is built only when a message needs it. */
record SpecPath(@Nullable SpecPath parent, String segment) {

    static final SpecPath ROOT = new SpecPath(null, "");

    SpecPath key(String key) {
        return new SpecPath(this, key);
    }

    SpecPath item(int index) {
        return new SpecPath(this, "[" + index + "]");
    }

    private void write(StringBuilder out) {
        if (parent == null) {
            return;
        }
        parent.write(out);
        if (!out.isEmpty() && !segment.startsWith("[")) {
            out.append('.');
        }
        out.append(Wording.shown(segment));
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }
}
