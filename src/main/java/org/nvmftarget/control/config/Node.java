package org.nvmftarget.control.config;

import java.util.List;

/** A YAML document, its scalars still the text that stood in the file. */
sealed interface Node {

    Place place();

    /** What an operator would call it. */
    String kind();

    /** @param plain written without quotes */
    record Scalar(Place place, String text, boolean plain) implements Node {

        /** Nothing, or one of YAML's words for nothing, without quotes. */
        boolean isNull() {
            return plain
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }

        @Override
        public String kind() {
            return isNull() ? "nothing" : "text";
        }
    }

    /** A mapping in the order of the file; a key may still be there twice. */
    record Mapping(Place place, List<Entry> entries) implements Node {
        @Override
        public String kind() {
            return "a map";
        }
    }

    record Items(Place place, List<Node> items) implements Node {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Something that was reported when the document was parsed, and is passed over in silence from then on. */
    record Refused(Place place) implements Node {
        @Override
        public String kind() {
            return "something refused";
        }
    }

    record Entry(Scalar key, Node value) {}

    /** True for what the spec takes as {@code {}}: an empty map or nothing. */
    default boolean isNothing() {
        return this instanceof Scalar scalar && scalar.isNull();
    }
}
