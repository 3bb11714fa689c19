package dev.ambit.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the compiler does not check about the sources: sizes, names, banned calls, package docs.
 * Each finding says what to do instead. The numbers are those of CONTRIBUTING.md.
 */
final class TidyTest {

    private static final int FILE_LINES = 400;
    private static final int METHOD_LINES = 60;

    /** A pattern, where it is allowed (a piece of the path), and what to do instead. */
    private record Banned(String pattern, String allowedIn, String instead) {}

    private static final List<Banned> BANNED =
            List.of(
                    new Banned(
                            "Thread\\.sleep\\(", "$none", "wait for the event, or use ManualTime"),
                    new Banned(
                            "new Thread\\(|Thread\\.ofPlatform\\(|Executors\\.new",
                            "mesh-runtime/",
                            "only EventLoops creates threads"),
                    new Banned(
                            "\\bTODO\\b|\\bFIXME\\b|\\bXXX\\b",
                            "$none",
                            "do it, or say what is missing in docs"),
                    new Banned(
                            "@Disabled",
                            "$none",
                            "a skipped test must print why: use an assumption"),
                    new Banned(
                            "System\\.(out|err)\\.print",
                            "/(demo|perf|cni|istiod|waypoint|ztunnel)/",
                            "log, or print in a Main"));

    private static final Pattern BAD_NAME =
            Pattern.compile(".*(Manager|Helper|Util|Utils|Impl|Common|Base)$");

    private static List<Path> sources;
    private static Path root = Path.of("..");

    @BeforeAll
    static void findSources() throws IOException {
        // The module's folder is the working directory; the repository is the one above it.
        root = Path.of("..").toAbsolutePath().normalize();
        assertThat(root.resolve("LICENSE")).exists();
        sources = new ArrayList<>();
        for (String module : Rooms.MODULES.keySet()) {
            Path main = root.resolve(module).resolve("src/main/java");
            try (Stream<Path> files = Files.walk(main)) {
                files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        assertThat(sources).hasSizeGreaterThan(100);
    }

    @Test
    void filesAreShort() {
        assertThat(
                        sources.stream()
                                .filter(f -> lines(f).size() > FILE_LINES)
                                .map(f -> root.relativize(f) + ": " + lines(f).size() + " lines"))
                .as("files over %d lines: split by idea", FILE_LINES)
                .isEmpty();
    }

    @Test
    void bannedCallsAreNotUsed() {
        List<String> found = new ArrayList<>();
        for (Banned b : BANNED) {
            Pattern pattern = Pattern.compile(b.pattern());
            Pattern allowed = Pattern.compile(b.allowedIn());
            for (Path f : sources) {
                String name = root.relativize(f).toString();
                // The training run is a load, not a part of a process.
                if (allowed.matcher(name).find() || name.contains("/training/")) {
                    continue;
                }
                List<String> lines = lines(f);
                for (int i = 0; i < lines.size(); i++) {
                    if (pattern.matcher(lines.get(i)).find()) {
                        found.add(name + ":" + (i + 1) + " " + b.pattern() + ": " + b.instead());
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void everyPackageHasADoor() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Path f : sources) {
            Path door = f.resolveSibling("package-info.java");
            String name = root.relativize(f.getParent()).toString();
            if (!Files.exists(door)) {
                missing.add(name + ": no package-info.java");
            } else if (!Files.readString(door).contains("@NullMarked")) {
                missing.add(name + ": package-info.java without @NullMarked");
            }
        }
        assertThat(missing.stream().distinct()).isEmpty();
    }

    @Test
    void methodsAreShortAndNamesSayWhatThingsAre() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> found = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Sizes(unit, positions, found).scan(unit, Map.of());
            }
        }
        assertThat(found).isEmpty();
    }

    private static final class Sizes extends TreeScanner<Void, Map<String, String>> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;

        Sizes(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public Void visitMethod(MethodTree m, Map<String, String> p) {
            long from = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, m));
            long to = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, m));
            if (to - from + 1 > METHOD_LINES) {
                found.add(where() + " " + m.getName() + ": " + (to - from + 1) + " lines");
            }
            return super.visitMethod(m, p);
        }

        @Override
        public Void visitClass(ClassTree c, Map<String, String> p) {
            if (BAD_NAME.matcher(c.getSimpleName()).matches()) {
                found.add(where() + " " + c.getSimpleName() + ": name the thing, not the habit");
            }
            return super.visitClass(c, p);
        }

        private String where() {
            return root.relativize(Path.of(unit.getSourceFile().toUri())).toString();
        }
    }

    private static List<String> lines(Path f) {
        try {
            return Files.readAllLines(f);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
