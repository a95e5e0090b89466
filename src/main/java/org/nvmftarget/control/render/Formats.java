package org.nvmftarget.control.render;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/** The two writers: the same tree gives the same bytes, on every platform. */
final class Formats {
    private static final ObjectWriter JSON = JsonMapper.builder()
            .build()
            .writer()
            .with(new DefaultPrettyPrinter()
                    .withArrayIndenter(new DefaultIndenter("  ", "\n"))
                    .withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private static final YAMLMapper YAML = YAMLMapper.builder(
                    YAMLFactory.builder().stringQuotingChecker(new Quoting()).build())
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER, YAMLWriteFeature.SPLIT_LINES)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES, YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    private Formats() {}

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static String json(JsonNode tree) {
        return JSON.writeValueAsString(tree) + "\n";
    }

    static String yaml(JsonNode tree) {
        return YAML.writeValueAsString(tree);
    }

    /** Plain only what every YAML reader takes for the same text. */
    private static final class Quoting extends StringQuotingChecker {
        private static final long serialVersionUID = 1;
        private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/]([A-Za-z0-9 ._:/%@+-]*[A-Za-z0-9._/%@+-])?");
        private static final Pattern NUMBER_OR_DATE = Pattern.compile("[0-9][0-9_]*(\\.[0-9_]*)?([eE][-+]?[0-9]+)?"
                + "|0[xob][0-9a-fA-F_]+|[0-9]+(:[0-9]+)+(\\.[0-9]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*");
        private static final Set<String> WORDS = Set.of("null", "true", "false", "yes", "no", "on", "off", "y", "n");

        @Override
        public boolean needToQuoteName(String name) {
            return !PLAIN.matcher(name).matches()
                    || name.contains(": ")
                    || WORDS.contains(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return needToQuoteName(value) || NUMBER_OR_DATE.matcher(value).matches();
        }
    }
}
