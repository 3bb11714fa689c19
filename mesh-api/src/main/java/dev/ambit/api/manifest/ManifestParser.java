package dev.ambit.api.manifest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file to its documents, all or nothing: a file is taken whole or refused with the first thing
 * wrong in it, so that half an edit never applies.
 */
final class ManifestParser {
    /** As large as the largest request a Kubernetes API server takes, some objects of it. */
    static final int MAX_BYTES = 8 * 1024 * 1024;

    private static final String SHAPE_FIX =
            "write apiVersion, kind and metadata.name, as for kubectl apply";

    private final Path file;
    private final List<ManifestDocument> found = new ArrayList<>();

    private ManifestParser(Path file) {
        this.file = file;
    }

    static List<ManifestDocument> parse(Path file, byte[] bytes) throws InvalidManifest {
        if (bytes.length > MAX_BYTES) {
            throw new InvalidManifest(
                    new ManifestProblem(
                            ManifestProblem.LIMIT,
                            "file is too large",
                            new SourcePosition(file, 0),
                            bytes.length + " bytes (expected: at most " + MAX_BYTES + ")",
                            "split the file"));
        }
        ManifestParser parser = new ManifestParser(file);
        parser.read(bytes);
        return parser.found;
    }

    private void read(byte[] bytes) throws InvalidManifest {
        List<YamlReader.Node> roots;
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            roots = YamlReader.read(text, MAX_BYTES);
        } catch (CharacterCodingException e) {
            throw refused(ManifestProblem.SYNTAX, 0, "bytes that are not UTF-8", "save as UTF-8");
        } catch (YamlReader.Refused e) {
            throw refused(
                    e.code,
                    e.line,
                    e.why(),
                    "correct the line; until then the last good content of the file stays");
        }
        for (YamlReader.Node root : roots) {
            document(root, null);
        }
    }

    private void document(YamlReader.Node root, @Nullable String kindOfItem)
            throws InvalidManifest {
        if (!(root.value() instanceof Map<?, ?> map)) {
            throw refused(
                    ManifestProblem.NOT_AN_OBJECT,
                    root.line(),
                    "a document that is no map (expected: a Kubernetes object)",
                    SHAPE_FIX);
        }
        String kind = text(root, map, "kind", kindOfItem);
        if (kind.endsWith("List") && map.get("items") instanceof YamlReader.Node items) {
            items(kind, items);
            return;
        }
        String apiVersion = text(root, map, "apiVersion", null);
        if (!(map.get("metadata") instanceof YamlReader.Node metadata)
                || !(metadata.value() instanceof Map<?, ?> names)) {
            throw refused(
                    ManifestProblem.NOT_AN_OBJECT,
                    root.line(),
                    kind + " without metadata (expected: metadata.name)",
                    SHAPE_FIX);
        }
        String name = text(metadata, names, "name", null);
        String namespace =
                ManifestKey.clusterScoped(kind)
                        ? ""
                        : text(metadata, names, "namespace", "default");
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        Lines lines = new Lines();
        lines.add(root.line());
        Map<String, Object> content = map(map, lines);
        found.add(
                new ManifestDocument(
                        new ManifestKey(group, kind, namespace, name),
                        apiVersion,
                        content,
                        file,
                        lines.toArray()));
    }

    private void items(String kind, YamlReader.Node items) throws InvalidManifest {
        if (items.value() == Absent.VALUE) {
            return;
        }
        if (!(items.value() instanceof List<?> list)) {
            throw refused(
                    ManifestProblem.NOT_AN_OBJECT,
                    items.line(),
                    kind + ".items is no list",
                    "write a list of objects");
        }
        String itemKind = kind.equals("List") ? null : kind.substring(0, kind.length() - 4);
        for (Object item : list) {
            document((YamlReader.Node) item, itemKind);
        }
    }

    private String text(YamlReader.Node at, Map<?, ?> map, String field, @Nullable String otherwise)
            throws InvalidManifest {
        if (!(map.get(field) instanceof YamlReader.Node node) || node.value() == Absent.VALUE) {
            if (otherwise != null) {
                return otherwise;
            }
            throw refused(
                    ManifestProblem.NOT_AN_OBJECT,
                    at.line(),
                    field + ": nothing (expected: text)",
                    SHAPE_FIX);
        }
        if (node.value() instanceof String s && !s.isEmpty()) {
            return s;
        }
        throw refused(
                ManifestProblem.NOT_AN_OBJECT,
                node.line(),
                field + ": " + node.value() + " (expected: text)",
                "put the value in quotes");
    }

    private static Map<String, Object> map(Map<?, ?> nodes, Lines lines) {
        Map<String, Object> map = new LinkedHashMap<>();
        nodes.forEach((k, n) -> map.put((String) k, value((YamlReader.Node) n, lines)));
        return Collections.unmodifiableMap(map);
    }

    private static Object value(YamlReader.Node node, Lines lines) {
        lines.add(node.line());
        return switch (node.value()) {
            case Map<?, ?> map -> map(map, lines);
            case List<?> list -> {
                List<Object> values = new ArrayList<>(list.size());
                list.forEach(n -> values.add(value((YamlReader.Node) n, lines)));
                yield Collections.unmodifiableList(values);
            }
            default -> node.value();
        };
    }

    private InvalidManifest refused(String code, int line, String why, String fix) {
        return new InvalidManifest(
                new ManifestProblem(
                        code, "file is not taken", new SourcePosition(file, line), why, fix));
    }

    /** Line numbers in the order values are met. */
    private static final class Lines {
        private int[] lines = new int[64];
        private int size;

        void add(int line) {
            if (size == lines.length) {
                lines = java.util.Arrays.copyOf(lines, size * 2);
            }
            lines[size++] = line;
        }

        int[] toArray() {
            return java.util.Arrays.copyOf(lines, size);
        }
    }
}
