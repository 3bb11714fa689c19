package dev.ambit.api.manifest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;

/**
 * YAML text (or JSON, which is YAML) to values with their lines. Built on parser events rather than
 * on the library's constructor, because we need the line of each value and limits of our own: depth
 * against stack overflow, count against aliases that multiply.
 */
final class YamlReader {
    /** Deeper than any Kubernetes object; a recursion over the content stays shallow. */
    static final int MAX_DEPTH = 100;

    /** Values of one file, aliases counted each time they are used. */
    static final int MAX_VALUES = 500_000;

    /** What a reader refused, and the line (from 1). */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        final String code;
        final int line;

        Refused(String code, int line, String why) {
            super(why, null, false, false);
            this.code = code;
            this.line = line;
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * A value and where it stands. {@code value}: scalar, List of Node or Map of String to Node.
     */
    record Node(Object value, int line) {}

    private static final CoreScalarResolver RESOLVER = new CoreScalarResolver(false);

    private final Iterator<Event> events;
    private final Map<String, Node> anchors = new HashMap<>();
    private int values;

    private YamlReader(String text, int maxCharacters) {
        LoadSettings settings = LoadSettings.builder().setCodePointLimit(maxCharacters).build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /** Every document of the text; empty documents are left out. */
    static List<Node> read(String text, int maxCharacters) throws Refused {
        YamlReader reader = new YamlReader(text, maxCharacters);
        try {
            return reader.documents();
        } catch (MarkedYamlEngineException e) {
            // A text that ends too early is wrong where its last construct begins.
            Optional<Mark> mark =
                    e.getProblemMark()
                            .filter(m -> !text.substring(offset(text, m)).isBlank())
                            .or(e::getContextMark)
                            .or(e::getProblemMark);
            int line = mark.map(m -> m.getLine() + 1).orElse(1);
            String context = e.getContext() == null ? "" : e.getContext() + ": ";
            throw new Refused(ManifestProblem.SYNTAX, line, context + e.getProblem());
        } catch (YamlEngineException e) {
            throw new Refused(ManifestProblem.SYNTAX, 1, String.valueOf(e.getMessage()));
        }
    }

    private static int offset(String text, Mark mark) {
        return text.offsetByCodePoints(
                0, Math.min(mark.getIndex(), text.codePointCount(0, text.length())));
    }

    private List<Node> documents() throws Refused {
        List<Node> documents = new ArrayList<>();
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                anchors.clear();
                Node root = node(events.next(), 0);
                if (root.value() != Absent.VALUE) {
                    documents.add(root);
                }
                Event end = events.next();
                if (!(end instanceof DocumentEndEvent)) {
                    throw refused(end, "one value per document");
                }
            }
        }
        return documents;
    }

    private Node node(Event event, int depth) throws Refused {
        if (depth > MAX_DEPTH) {
            throw new Refused(
                    ManifestProblem.LIMIT,
                    line(event),
                    "nested deeper than " + MAX_DEPTH + " levels");
        }
        count(event, 1);
        return switch (event) {
            case ScalarEvent scalar -> anchored(scalar, new Node(scalar(scalar), line(scalar)));
            case MappingStartEvent start -> anchored(start, mapping(start, depth));
            case SequenceStartEvent start -> anchored(start, sequence(start, depth));
            case AliasEvent alias -> alias(alias, depth);
            default -> throw refused(event, "a value was expected, found " + event.getEventId());
        };
    }

    private Node mapping(MappingStartEvent start, int depth) throws Refused {
        Map<String, Node> map = new LinkedHashMap<>();
        for (Event e = events.next(); !(e instanceof MappingEndEvent); e = events.next()) {
            if (!(e instanceof ScalarEvent name)) {
                throw refused(e, "the key of a map must be text");
            }
            String key = name.getValue();
            if (key.equals("<<") && name.isPlain()) {
                throw refused(e, "merge keys (<<) are not part of YAML 1.2; write the fields out");
            }
            Event valueEvent = events.next();
            Node value = node(valueEvent, depth + 1);
            // The line of a field is the line of its name: that is where people look.
            if (map.put(key, new Node(value.value(), line(name))) != null) {
                throw refused(e, "key \"" + key + "\" is there twice");
            }
        }
        return new Node(Collections.unmodifiableMap(map), line(start));
    }

    private Node sequence(SequenceStartEvent start, int depth) throws Refused {
        List<Node> list = new ArrayList<>();
        for (Event e = events.next(); !(e instanceof SequenceEndEvent); e = events.next()) {
            list.add(node(e, depth + 1));
        }
        return new Node(Collections.unmodifiableList(list), line(start));
    }

    private Node alias(AliasEvent alias, int depth) throws Refused {
        Node target = anchors.get(alias.getAlias().getValue());
        if (target == null) {
            throw refused(alias, "alias *" + alias.getAlias().getValue() + " has no anchor");
        }
        Size size = size(target);
        count(alias, size.values());
        if (depth + size.depth() > MAX_DEPTH) {
            throw new Refused(
                    ManifestProblem.LIMIT,
                    line(alias),
                    "nested deeper than " + MAX_DEPTH + " levels");
        }
        return target;
    }

    private Node anchored(NodeEvent event, Node node) {
        event.getAnchor().ifPresent(a -> anchors.put(a.getValue(), node));
        return node;
    }

    private void count(Event at, int more) throws Refused {
        values += more;
        if (values > MAX_VALUES) {
            throw new Refused(
                    ManifestProblem.LIMIT, line(at), "more than " + MAX_VALUES + " values");
        }
    }

    private record Size(int values, int depth) {}

    /** Bounded: nothing larger than MAX_VALUES was ever built. */
    private static Size size(Node node) {
        Iterable<?> children =
                switch (node.value()) {
                    case Map<?, ?> map -> map.values();
                    case List<?> list -> list;
                    default -> List.of();
                };
        int values = 1;
        int depth = 0;
        for (Object child : children) {
            Size s = size((Node) child);
            values += s.values();
            depth = Math.max(depth, s.depth() + 1);
        }
        return new Size(values, depth);
    }

    private static Object scalar(ScalarEvent event) throws Refused {
        String text = event.getValue();
        Tag tag =
                event.getTag()
                        .filter(t -> !t.equals("!"))
                        .map(Tag::new)
                        .orElseGet(
                                () ->
                                        event.getTag().isPresent()
                                                ? Tag.STR
                                                : RESOLVER.resolve(text, event.isPlain()));
        if (tag.equals(Tag.NULL)) {
            return Absent.VALUE;
        }
        if (tag.equals(Tag.BOOL)) {
            return text.equalsIgnoreCase("true");
        }
        if (tag.equals(Tag.INT)) {
            return integer(event, text);
        }
        if (tag.equals(Tag.FLOAT)) {
            return decimal(event, text);
        }
        return text;
    }

    private static Object integer(Event event, String text) throws Refused {
        try {
            if (text.startsWith("0x")) {
                return Long.parseLong(text.substring(2), 16);
            }
            if (text.startsWith("0o")) {
                return Long.parseLong(text.substring(2), 8);
            }
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw refused(event, text + " (expected: an integer of 64 bits)");
        }
    }

    private static Object decimal(Event event, String text) throws Refused {
        String plain = text.toLowerCase(java.util.Locale.ROOT);
        return switch (plain) {
            case ".inf", "+.inf" -> Double.POSITIVE_INFINITY;
            case "-.inf" -> Double.NEGATIVE_INFINITY;
            case ".nan" -> Double.NaN;
            default -> {
                try {
                    yield Double.parseDouble(text);
                } catch (NumberFormatException e) {
                    throw refused(event, text + " (expected: a number)");
                }
            }
        };
    }

    private static Refused refused(Event event, String why) {
        return new Refused(ManifestProblem.SYNTAX, line(event), why);
    }

    private static int line(@Nullable Event event) {
        Optional<Mark> mark = event == null ? Optional.empty() : event.getStartMark();
        return mark.map(m -> m.getLine() + 1).orElse(1);
    }
}
