package dev.ambit.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The short form of a fuzz target, for the test suite: every input of its kept corpus, and then a
 * fixed number of inputs made of them, the same ones each time. The long form, with coverage as
 * guide, is {@code ./ambit fuzz}. {@code -Dambit.fuzz.runs} makes the short form longer, {@code
 * -Dambit.fuzz.seed} another one.
 */
public final class FuzzRuns {

    private static final int RUNS = Integer.getInteger("ambit.fuzz.runs", 1_000);
    private static final long SEED = Long.getLong("ambit.fuzz.seed", 19);

    /** Reads bytes from outside; whatever it throws is a bug, of the reader or of the target. */
    @FunctionalInterface
    public interface Target {
        void run(byte[] input) throws Exception;
    }

    private FuzzRuns() {}

    /**
     * @param target whose corpus is the resource directory {@code /fuzz/<simple name>}
     * @throws AssertionError with the input that shows the bug, in Base64
     */
    public static void replay(Class<?> target, Target body) {
        List<byte[]> corpus = corpus(target);
        for (byte[] input : corpus) {
            run(target, body, input);
        }
        Random random = new Random(SEED);
        for (int i = 0; i < RUNS; i++) {
            run(target, body, Mutation.of(corpus, random));
        }
    }

    private static void run(Class<?> target, Target body, byte[] input) {
        byte[] kept = input.clone();
        try {
            body.run(input);
        } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError failure) {
            throw new AssertionError(
                    "%s fails for the %d bytes %s"
                            .formatted(
                                    target.getSimpleName(),
                                    kept.length,
                                    Base64.getEncoder().encodeToString(kept)),
                    failure);
        }
    }

    private static List<byte[]> corpus(Class<?> target) {
        URL directory = target.getResource("/fuzz/" + target.getSimpleName());
        if (directory == null) {
            throw new IllegalStateException(
                    "no corpus: /fuzz/%s (expected: a directory among the test resources)"
                            .formatted(target.getSimpleName()));
        }
        try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
            List<byte[]> corpus = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                corpus.add(Files.readAllBytes(file));
            }
            if (corpus.isEmpty()) {
                throw new IllegalStateException("empty corpus: " + directory);
            }
            return corpus;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
