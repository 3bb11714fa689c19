package dev.ambit.ztunnel.handover;

import dev.ambit.api.proto.handover.Refused;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.api.proto.handover.ToOld;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The old process's talk with the new one: each thing told is acknowledged before the next, so that
 * no more than one message is ever under way and no send can block. One thread.
 */
final class Dialogue {

    /** The new process adopts a message's descriptors before it acknowledges. */
    private static final Duration ACKNOWLEDGED = Duration.ofSeconds(10);

    private final Line line;
    private final Consumer<ToOld> between;
    private int version = Line.OLDEST;

    /**
     * @param between gets what the other says on its own account
     */
    Dialogue(Line line, Consumer<ToOld> between) {
        this.line = line;
        this.between = between;
    }

    /** Both know this version. */
    void agreed(int with) {
        version = with;
    }

    /** What both know. */
    int version() {
        return version;
    }

    /** Whether the other process knows what came with that version. */
    boolean knows(int since) {
        return version >= since;
    }

    /** Tells and waits until it has been carried out. */
    void tell(ToNew message, int... descriptors) throws LineBroken {
        line.send(message, descriptors);
        acknowledged(message.getKindCase());
    }

    /**
     * Tells a process that still listens that it is not to take over; a dead one was not to either.
     */
    void refuse(@Nullable String reason) {
        try {
            line.send(
                    ToNew.newBuilder()
                            .setRefused(Refused.newBuilder().setReason(String.valueOf(reason)))
                            .build());
        } catch (LineBroken gone) {
            // Then it needs no telling.
        }
    }

    /** Tells what cannot be taken back; {@link #acknowledged} follows. */
    void commit(ToNew message) throws LineBroken {
        line.send(message);
    }

    void acknowledged(ToNew.KindCase what) throws LineBroken {
        ToOld answer = expect(ToOld.KindCase.ACK, ACKNOWLEDGED);
        if (!answer.getAck().getError().isEmpty()) {
            throw new LineBroken(what + " refused: " + answer.getAck().getError());
        }
    }

    /** Waits for that kind; what is said meanwhile is passed on, unknown kinds are ignored. */
    ToOld expect(ToOld.KindCase kind, Duration limit) throws LineBroken {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
            ToOld message = next(left);
            if (message.getKindCase() == kind) {
                return message;
            }
            if (message.hasPodGone() || message.hasMovedOn()) {
                between.accept(message);
            } else if (message.getKindCase() != ToOld.KindCase.KIND_NOT_SET) {
                throw new LineBroken(message.getKindCase() + " (expected: " + kind + ")");
            }
        }
    }

    /** The next message, whatever it is. Descriptors are none of ours: nobody sends us any. */
    ToOld next(Duration limit) throws LineBroken {
        Heard<ToOld> heard = line.receive(ToOld.parser(), limit);
        Line.close(heard.descriptors());
        return heard.message();
    }

    /** Listens for that long. */
    void listen(Duration limit) throws LineBroken {
        Heard<ToOld> heard = line.poll(ToOld.parser(), limit);
        if (heard != null) {
            Line.close(heard.descriptors());
            between.accept(heard.message());
        }
    }
}
