package dev.ambit.tests.upgrade;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.api.proto.handover.ToOld;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.Received;
import dev.ambit.runtime.linux.SeqPacketServer;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lies between two ztunnels that hand over, passes on what they say with the descriptors, and cuts
 * both off right after one of their messages.
 */
final class HandoverWire implements AutoCloseable {

    private static final int OWNER_ONLY = 0600;
    private static final int LONGEST = 128 * 1024;

    private final SeqPacketServer server;
    private final Path old;
    private final String kind;
    private final AtomicInteger left;
    private final Runnable then;
    private final CompletableFuture<Void> cut = new CompletableFuture<>();

    /**
     * @param path where the next process finds it
     * @param old where the running process waits
     * @param kind of the message, as the protocol names it
     * @param nth of that kind
     * @param then run once it has been passed on; nothing is passed on after it
     */
    HandoverWire(Path path, Path old, String kind, int nth, Runnable then) {
        this.server = SeqPacketSocket.listen(path, OWNER_ONLY);
        this.old = old;
        this.kind = kind;
        this.left = new AtomicInteger(nth);
        this.then = then;
        Thread.ofPlatform().daemon().name("wire").start(this::accept);
    }

    private void accept() {
        SeqPacketSocket next = server.accept(Duration.ZERO).orElse(null);
        if (next == null) {
            return;
        }
        SeqPacketSocket running = SeqPacketSocket.connect(old);
        Thread.ofPlatform().daemon().name("to-old").start(() -> pass(next, running, true));
        Thread.ofPlatform().daemon().name("to-new").start(() -> pass(running, next, false));
    }

    private void pass(SeqPacketSocket from, SeqPacketSocket to, boolean toOld) {
        try (from;
                to) {
            while (!cut.isDone()
                    && from.receive(LONGEST, Duration.ZERO) instanceof Received.Packet packet) {
                boolean last =
                        kindOf(packet.bytes(), toOld).equals(kind) && left.decrementAndGet() == 0;
                // An answer to the last message must not get through while it is being acted upon.
                if (last || left.get() > 0) {
                    to.send(packet.bytes(), packet.fds());
                }
                for (int descriptor : packet.fds()) {
                    Descriptors.close(descriptor);
                }
                if (last) {
                    then.run();
                    cut.complete(null);
                }
            }
        } catch (SystemCallException | InvalidProtocolBufferException gone) {
            // One of them is gone, which the other hears as we close.
        }
    }

    private static String kindOf(byte[] message, boolean toOld)
            throws InvalidProtocolBufferException {
        return toOld
                ? ToOld.parseFrom(message).getKindCase().name()
                : ToNew.parseFrom(message).getKindCase().name();
    }

    /** Until it has cut both off. */
    void awaitCut() {
        cut.orTimeout(90, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        server.close();
    }
}
