package dev.ambit.demo.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Packets between a node and the fabric, recorded by tcpdump until closed. */
public final class Capture implements AutoCloseable {

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(10);

    private final Running tcpdump;
    private final Path file;

    private Capture(Running tcpdump, Path file) {
        this.tcpdump = tcpdump;
        this.file = file;
    }

    static Capture start(Bed bed, Node node, Path file) {
        Running tcpdump =
                bed.start(
                        node,
                        Launch.of(
                                "tcpdump-" + node.name(),
                                "tcpdump",
                                "--immediate-mode",
                                "-U",
                                "-Z",
                                "root",
                                "-s",
                                "0",
                                "-i",
                                Wiring.UPLINK,
                                "-w",
                                file.toString()));
        tcpdump.await("listening", STARTS_WITHIN, () -> tcpdump.logText().contains("listening on"));
        return new Capture(tcpdump, file);
    }

    public Path file() {
        return file;
    }

    /** Whether these bytes went by in one piece; complete only after {@link #close}. */
    public boolean contains(String marker) {
        try {
            String all = Files.readString(file, StandardCharsets.ISO_8859_1);
            return all.contains(
                    new String(
                            marker.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        tcpdump.stop();
    }
}
