package dev.ambit.ztunnel.inpod;

import dev.ambit.api.proto.zds.Ack;
import dev.ambit.api.proto.zds.Version;
import dev.ambit.api.proto.zds.WorkloadResponse;
import dev.ambit.api.proto.zds.ZdsHello;
import dev.ambit.runtime.linux.Received;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.log.Log;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the node agent on a thread of its own: connects, says hello, takes one message after the
 * other to the {@link PodRegistry} and acknowledges it when that is done. Reconnects for ever, with
 * back-off; pods run on meanwhile. A broken protocol is reported and ends the client.
 */
public final class ZdsClient implements AutoCloseable, Runnable {

    private static final Log LOG = Log.get("inpod::workloadmanager");

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final Path path;
    private final PodRegistry registry;
    private final Consumer<String> broken;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Written by the client's thread, read by {@link #close()} from another. */
    private volatile @Nullable SeqPacketSocket socket;

    /**
     * @param broken told why the process must end
     */
    public ZdsClient(Path path, PodRegistry registry, Consumer<String> broken) {
        this.path = path;
        this.registry = registry;
        this.broken = broken;
    }

    /** The life of the client's thread. */
    @Override
    public void run() {
        Duration pause = FIRST_PAUSE;
        while (closed.getCount() > 0) {
            boolean greeted = false;
            try (SeqPacketSocket connected = SeqPacketSocket.connect(path)) {
                socket = connected;
                connected.send(ZdsHello.newBuilder().setVersion(Version.V1).build().toByteArray());
                greeted = true;
                LOG.info("connected to the node agent", "path", path.toString());
                registry.connected().join();
                serve(connected);
            } catch (SystemCallException unreachable) {
                LOG.warn(
                        "node agent not reached, trying again",
                        "path",
                        path.toString(),
                        "error",
                        unreachable.getMessage());
            } catch (RuntimeException failed) {
                // Going on without the agent's messages would look healthy and serve no new pod.
                broken.accept("messages of the node agent cannot be carried out: " + failed);
                return;
            } catch (ZdsViolation violation) {
                broken.accept("node agent broke the protocol: " + violation.getMessage());
                return;
            } finally {
                socket = null;
            }
            if (greeted) {
                registry.disconnected().join();
                pause = FIRST_PAUSE;
            }
            if (sleptUntilClosed(pause)) {
                return;
            }
            pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    private void serve(SeqPacketSocket connected) throws ZdsViolation {
        while (closed.getCount() > 0) {
            switch (connected.receive(ZdsMessage.MAX_BYTES, Duration.ZERO)) {
                case Received.Packet packet -> acknowledge(connected, handle(packet));
                case Received.EndOfStream end -> {
                    LOG.info("the node agent has closed the connection");
                    return;
                }
                case Received.TimedOut none -> {
                    // Waiting has no end here; nothing to do but wait on.
                }
                case Received.Truncated lost ->
                        throw new ZdsViolation("a packet beyond " + lost.limit() + " bytes");
            }
        }
    }

    /** The error to acknowledge with, empty if the message has been carried out. */
    private String handle(Received.Packet packet) throws ZdsViolation {
        try {
            return registry.apply(ZdsMessage.read(packet)).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof ZdsViolation violation) {
                throw violation;
            }
            throw failed;
        }
    }

    private static void acknowledge(SeqPacketSocket connected, String error) {
        byte[] text = error.getBytes(StandardCharsets.UTF_8);
        // The text is cut so that the packet keeps to the limit.
        String fitting =
                text.length <= 900
                        ? error
                        : new String(Arrays.copyOf(text, 900), StandardCharsets.UTF_8);
        connected.send(
                WorkloadResponse.newBuilder()
                        .setAck(Ack.newBuilder().setError(fitting))
                        .build()
                        .toByteArray());
    }

    private boolean sleptUntilClosed(Duration pause) {
        try {
            return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Ends the thread; pods are not touched. */
    @Override
    public void close() {
        closed.countDown();
        SeqPacketSocket current = socket;
        if (current != null) {
            current.close();
        }
    }
}
