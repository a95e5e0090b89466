package org.nvmftarget.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.control.config.Node.Entry;
import org.nvmftarget.control.config.Node.Items;
import org.nvmftarget.control.config.Node.Mapping;
import org.nvmftarget.control.config.Node.Refused;
import org.nvmftarget.control.config.Node.Scalar;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Parses one text into nodes. Works on the parser's events instead of its composed nodes: depth is bounded before
 * anything recurses, and aliases, anchors and tags are seen where they stand.
 */
final class YamlTree {

    /** Ends the reading of one text after its problem was reported. */
    private static final class Unreadable extends Exception {}

    private static final int LEAST_PIECE = 1 << 10;
    private static final int MOST_PIECE = 1 << 20;

    private final Source source;
    private final Problems problems;
    private final SpecLimits limits;
    private final StreamReader reader;
    private final ParserImpl parser;

    private YamlTree(Source source, Problems problems, SpecLimits limits) {
        // The library copies all that it has of a scalar each time that it reads on: seldom, then.
        int piece = Math.clamp(source.text().length() + 1L, LEAST_PIECE, MOST_PIECE);
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(SpecLimits.MAX_BYTES)
                .setBufferSize(piece)
                .build();
        this.source = source;
        this.problems = problems;
        this.limits = limits;
        this.reader = new StreamReader(settings, source.text());
        this.parser = new ParserImpl(settings, reader);
    }

    /**
     * The document, or empty if there is none to speak of; then the reason is among {@code problems}.
     *
     * @param limits of the whole spec, shared by its files
     */
    static Optional<Node> parse(Source source, Problems problems, SpecLimits limits) {
        if (YamlFaults.beforeParsing(source, problems)) {
            return Optional.empty();
        }
        YamlTree tree = new YamlTree(source, problems, limits);
        try {
            return tree.document();
        } catch (IllegalArgumentException badEscape) {
            // The scanner lets Integer.parseInt fail on an escape that is cut off or too large.
            problems.add(
                    tree.place(tree.reader.getMark()),
                    SpecPath.ROOT,
                    "not readable as YAML: an escape in double quotes is incomplete or names no character",
                    "in single quotes a backslash stands for itself");
            return Optional.empty();
        } catch (YamlEngineException e) {
            YamlFaults.report(e, source, problems);
            return Optional.empty();
        } catch (Unreadable reported) {
            return Optional.empty();
        }
    }

    private Optional<Node> document() throws Unreadable {
        parser.next(); // stream start
        if (parser.checkEvent(Event.ID.StreamEnd)) {
            return nothing(source.text().isBlank() ? "the file is empty" : "the file holds nothing but comments");
        }
        parser.next(); // document start
        Node root = node(parser.next(), SpecPath.ROOT, 1);
        parser.next(); // document end
        if (!parser.checkEvent(Event.ID.StreamEnd)) {
            problems.add(
                    place(parser.peekEvent().getStartMark()),
                    SpecPath.ROOT,
                    "a second YAML document begins here: a spec is one document",
                    "remove the `---`, or put the second document into a file of the drop-in folder");
            throw new Unreadable();
        }
        return root.isNothing() ? nothing("the document is empty") : Optional.of(root);
    }

    private Optional<Node> nothing(String message) {
        problems.add(
                Place.whole(source),
                SpecPath.ROOT,
                message,
                "the smallest spec is `version: 1`: a target with nothing in it");
        return Optional.empty();
    }

    private Node node(Event event, SpecPath path, int depth) throws Unreadable {
        Place place = place(event.getStartMark());
        if (depth > SpecLimits.MAX_DEPTH) {
            problems.add(place, SpecPath.ROOT, "nested deeper than " + SpecLimits.MAX_DEPTH + " levels");
            throw new Unreadable();
        }
        if (!limits.takeNode()) {
            problems.add(place, SpecPath.ROOT, "a spec has at most " + SpecLimits.MAX_NODES + " keys and values");
            throw new Unreadable();
        }
        if (event instanceof AliasEvent alias) {
            if (!path.segment().equals("<<")) {
                problems.add(
                        place,
                        path,
                        "alias *" + Wording.shown(String.valueOf(alias.getAlias())) + " is refused",
                        "write the value out");
            }
            return new Refused(place);
        }
        refuseAnchorAndTag((NodeEvent) event, path, place);
        return switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event, path, place);
            case SequenceStart -> items(path, place, depth);
            default -> mapping(path, place, depth);
        };
    }

    private Node scalar(ScalarEvent event, SpecPath path, Place place) {
        String text = event.getValue();
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            problems.add(place, path, "the text holds half a surrogate pair, which is no character");
            return new Refused(place);
        }
        return new Scalar(place, text, event.isPlain());
    }

    private Node items(SpecPath path, Place place, int depth) throws Unreadable {
        List<Node> items = new ArrayList<>();
        for (Event next = parser.next(); next.getEventId() != Event.ID.SequenceEnd; next = parser.next()) {
            items.add(node(next, path.item(items.size()), depth + 1));
        }
        return new Items(place, items);
    }

    private Node mapping(SpecPath path, Place place, int depth) throws Unreadable {
        List<Entry> entries = new ArrayList<>();
        for (Event next = parser.next(); next.getEventId() != Event.ID.MappingEnd; next = parser.next()) {
            Node key = node(next, path, depth + 1);
            SpecPath valuePath = key instanceof Scalar scalar ? path.key(scalar.text()) : path;
            Node value = node(parser.next(), valuePath, depth + 1);
            if (key instanceof Scalar scalar) {
                if (scalar.plain() && scalar.text().equals("<<")) {
                    problems.add(key.place(), valuePath, "merge keys are refused", "write the keys out");
                } else {
                    entries.add(new Entry(scalar, value));
                }
            } else if (!(key instanceof Refused)) {
                problems.add(
                        key.place(),
                        path,
                        "a key must be text, not " + key.kind(),
                        "a template's braces must be filled in, or quoted");
            }
        }
        return new Mapping(place, entries);
    }

    private void refuseAnchorAndTag(NodeEvent event, SpecPath path, Place place) {
        event.getAnchor()
                .ifPresent(anchor -> problems.add(
                        place,
                        path,
                        "anchor &" + Wording.shown(anchor.getValue()) + " is refused",
                        "write values out"));
        Optional<String> tag = switch (event) {
            case ScalarEvent scalar -> scalar.getTag();
            case CollectionStartEvent collection -> collection.getTag();
            default -> Optional.empty();
        };
        tag.ifPresent(name -> problems.add(
                place,
                path,
                "tag " + Wording.shown(name.replace("tag:yaml.org,2002:", "!!")) + " is refused",
                "leave it out: every key knows its type"));
    }

    private Place place(Optional<Mark> mark) {
        return mark.map(m -> new Place(source, m.getLine() + 1, m.getColumn() + 1))
                .orElseGet(() -> Place.whole(source));
    }
}
