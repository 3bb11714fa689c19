package dev.ambit.api.manifest;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * YAML of a configuration as the library's plain values, with a limit the library has not: it reads
 * and builds by recursion, so that a text of brackets only would end in an overflow of the stack,
 * and a value that contains itself in one of whoever prints it. Any thread.
 */
public final class ShallowYaml {

    /** As in manifests. */
    public static final int MAX_DEPTH = YamlReader.MAX_DEPTH;

    private ShallowYaml() {}

    /**
     * Reads a text of at most one document; null for none.
     *
     * @throws YamlEngineException if it is none, nests deeper, or contains itself
     */
    public static @Nullable Object load(String text, LoadSettings settings) {
        Parser parser = new Shallow(new ParserImpl(settings, new StreamReader(settings, text)));
        Optional<Node> root = new Composer(settings, parser).getSingleNode();
        // Where there is nothing, the library asks for the constructor of null, which not every
        // schema has.
        return root.isEmpty() || root.get().getTag().equals(Tag.NULL)
                ? null
                : new StandardConstructor(settings).constructSingleDocument(root);
    }

    /** Passes events on while they are few enough levels deep. */
    private static final class Shallow implements Parser {
        private final Parser parser;

        /** What is being read, from the outermost on; the anchor's name, or nothing. */
        private final Deque<String> open = new ArrayDeque<>();

        Shallow(Parser parser) {
            this.parser = parser;
        }

        @Override
        public boolean checkEvent(Event.ID choice) {
            return parser.checkEvent(choice);
        }

        @Override
        public Event peekEvent() {
            return parser.peekEvent();
        }

        @Override
        public boolean hasNext() {
            return parser.hasNext();
        }

        @Override
        public Event next() {
            Event event = parser.next();
            switch (event) {
                case CollectionStartEvent start -> {
                    if (open.size() == MAX_DEPTH) {
                        throw refused(event, "nested deeper than " + MAX_DEPTH + " levels");
                    }
                    open.push(start.getAnchor().map(a -> a.getValue()).orElse(""));
                }
                case CollectionEndEvent end -> open.pop();
                case AliasEvent alias when open.contains(alias.getAlias().getValue()) ->
                        throw refused(event, "*" + alias.getAlias() + " within what it names");
                default -> {
                    // Scalars and the borders of documents.
                }
            }
            return event;
        }

        private static YamlEngineException refused(Event event, String why) {
            return new YamlEngineException(
                    event.getStartMark().map(m -> "line " + (m.getLine() + 1) + ": ").orElse("")
                            + why);
        }
    }
}
