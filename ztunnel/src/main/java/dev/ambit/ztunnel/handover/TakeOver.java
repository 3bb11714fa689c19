package dev.ambit.ztunnel.handover;

import dev.ambit.api.proto.handover.Hello;
import dev.ambit.api.proto.handover.Ready;
import dev.ambit.api.proto.handover.Settled;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.api.proto.handover.ToOld;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.inpod.Transfer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The new process's side. {@link #find} gets the running process's sockets before anything is
 * bound; {@link #run}, on a thread of its own once the state is known, proves that they can be
 * served, takes over, and then receives connections until the old process has finished. If the old
 * process dies on the way, this one goes on with what it has.
 */
public final class TakeOver implements Runnable {

    private static final Log LOG = Log.get("handover");

    private static final Duration WORD = Duration.ofSeconds(10);
    private static final Duration PROBES = Duration.ofSeconds(30);

    /** Within what the old process waits before it takes everything back. */
    private static final Duration LAST_PROBES = Duration.ofSeconds(8);

    /** One message at a time is under way, and the kernel reports a broken socket first. */
    private static final int LAST_WORDS = 3;

    private final Line line;
    private final Inheritance inheritance = new Inheritance();
    private int predecessorPages;

    private @Nullable Household household;
    private Consumer<String> failed = why -> {};
    private Runnable takenOver = () -> {};
    private boolean predecessorGone;

    private TakeOver(Line line) {
        this.line = line;
    }

    /**
     * Asks the process that listens there for its sockets; null if there is none.
     *
     * @throws IllegalArgumentException if it does not give them: starting anyway would fight it for
     *     its ports
     */
    public static @Nullable TakeOver find(HandoverConfig config) {
        SeqPacketSocket socket;
        try {
            socket = SeqPacketSocket.connect(config.socket());
        } catch (SystemCallException nobody) {
            LOG.info(
                    "no process to take over from",
                    "path",
                    config.socket().toString(),
                    "reason",
                    nobody.getMessage());
            return null;
        }
        TakeOver takeOver = new TakeOver(new Line(socket));
        try {
            takeOver.offered(config);
            return takeOver;
        } catch (LineBroken broken) {
            takeOver.line.close();
            takeOver.inheritance.close();
            throw new IllegalArgumentException(
                    "AMB1243 hand-over failed / "
                            + config.socket()
                            + " / "
                            + broken.getMessage()
                            + " / the running process goes on; end it, or unset AMBIT_HANDOVER, to"
                            + " start without its sockets",
                    broken);
        }
    }

    private void offered(HandoverConfig config) throws LineBroken {
        try {
            receiveOffer(config);
        } catch (LineBroken broken) {
            goneOrThrow(broken);
        }
    }

    private void receiveOffer(HandoverConfig config) throws LineBroken {
        line.send(
                ToOld.newBuilder()
                        .setHello(
                                Hello.newBuilder()
                                        .setOldest(Line.OLDEST)
                                        .setNewest(Line.VERSION)
                                        .setBuild(config.build()))
                        .build());
        ToNew answer = hear().message();
        if (!answer.hasWelcome()) {
            throw new LineBroken(answer.getKindCase() + " (expected: WELCOME)");
        }
        LOG.info(
                "taking over",
                "from",
                answer.getWelcome().getPid(),
                "build",
                answer.getWelcome().getBuild(),
                "version",
                answer.getWelcome().getVersion());
        boolean offered = false;
        while (!offered) {
            Heard<ToNew> heard = hear();
            offered = heard.message().hasOffered();
            inheritance.collect(heard);
            acknowledge("");
        }
    }

    private Heard<ToNew> hear() throws LineBroken {
        Heard<ToNew> heard = line.receive(ToNew.parser(), WORD);
        if (heard.message().hasRefused()) {
            throw new LineBroken("refused: " + heard.message().getRefused().getReason());
        }
        return heard;
    }

    /** Whoever takes everything back says so before it closes, which a dead one cannot. */
    private void lastWords() throws LineBroken {
        for (int i = 0; i < LAST_WORDS; i++) {
            try {
                Line.close(hear().descriptors());
            } catch (LineBroken broken) {
                if (!broken.isClosed()) {
                    throw broken;
                }
            }
        }
    }

    private void acknowledge(String error) throws LineBroken {
        line.send(
                ToOld.newBuilder()
                        .setAck(dev.ambit.api.proto.handover.Ack.newBuilder().setError(error))
                        .build());
    }

    /** The old process's own ports, by name. */
    public Map<String, List<Integer>> ports() {
        return inheritance.ports();
    }

    /**
     * Before {@link #run}.
     *
     * @param whenFailed told why this process must end; the old one goes on
     * @param whenTakenOver run when this process serves alone
     */
    public void prepare(Household mine, Consumer<String> whenFailed, Runnable whenTakenOver) {
        household = mine;
        failed = whenFailed;
        takenOver = whenTakenOver;
    }

    /** Takes over, then receives connections. */
    @Override
    public void run() {
        Household mine = household;
        if (mine == null) {
            throw new IllegalStateException("not prepared");
        }
        try {
            takeOver(mine);
        } catch (LineBroken | RuntimeException broken) {
            line.close();
            inheritance.close();
            failed.accept("AMB1244 hand-over failed: " + broken.getMessage());
            return;
        }
        if (predecessorGone) {
            line.close();
            takenOver.run();
            return;
        }
        mine.elders().add(line, predecessorPages);
        takenOver.run();
        mine.elders().receive(line);
    }

    private void takeOver(Household mine) throws LineBroken {
        if (predecessorGone) {
            alone(mine);
            return;
        }
        inheritance.serve(mine.pods());
        List<PodRegistry.Serving> serving = mine.pods().serving().join();
        probe(serving, false, PROBES);
        // From here on both processes accept, until the old one has stopped.
        serving.forEach(pod -> pod.transfer().resume());
        try {
            line.send(ToOld.newBuilder().setReady(Ready.getDefaultInstance()).build());
            lastOffer(mine);
        } catch (LineBroken broken) {
            goneOrThrow(broken);
        }
        if (predecessorGone) {
            alone(mine);
            return;
        }
        List<PodRegistry.Serving> all = mine.pods().serving().join();
        all.forEach(pod -> pod.transfer().resume());
        mine.ports().resume();
        probe(all, true, LAST_PROBES);
        try {
            line.send(ToOld.newBuilder().setSettled(Settled.getDefaultInstance()).build());
            Heard<ToNew> retired = hear();
            predecessorPages = retired.message().getRetired().getAdminPort();
            Line.close(retired.descriptors());
            acknowledge("");
        } catch (LineBroken broken) {
            goneOrThrow(broken);
        }
    }

    /** Its death leaves us what it had sent; anything else it takes back itself. */
    private void goneOrThrow(LineBroken broken) throws LineBroken {
        if (!broken.isClosed()) {
            throw broken;
        }
        lastWords();
        predecessorGone = true;
        LOG.warn("the old process is gone, going on alone", "reason", broken.getMessage());
    }

    /** Nobody could take anything back, so there is nothing to prove; the agent tells the rest. */
    private void alone(Household mine) {
        try {
            inheritance.serve(mine.pods());
        } catch (LineBroken unusable) {
            LOG.warn("a pod's sockets are not usable", "error", unusable.getMessage());
        }
        mine.pods().serving().join().forEach(pod -> pod.transfer().resume());
        mine.ports().resume();
    }

    /** What changed while we made ourselves ready, until the old process has let go. */
    private void lastOffer(Household mine) throws LineBroken {
        boolean released = false;
        while (!released) {
            Heard<ToNew> heard = hear();
            released = heard.message().hasReleased();
            if (heard.message().hasGone()) {
                mine.pods().cut(heard.message().getGone().getUid()).join();
            }
            inheritance.collect(heard);
            inheritance.serve(mine.pods());
            acknowledge("");
        }
    }

    /** Pods that had a certificate must have one here, and answer themselves over it. */
    private void probe(List<PodRegistry.Serving> pods, boolean inherited, Duration limit)
            throws LineBroken {
        List<CompletableFuture<Void>> probes = new ArrayList<>();
        for (PodRegistry.Serving pod : pods) {
            Transfer transfer = pod.transfer();
            if (inheritance.certified(pod.uid())) {
                probes.add(transfer.probe(inherited));
            }
        }
        try {
            CompletableFuture.allOf(probes.toArray(CompletableFuture[]::new))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("pods answer themselves", "pods", probes.size(), "inherited", inherited);
        } catch (ExecutionException failure) {
            throw new LineBroken(String.valueOf(failure.getCause()));
        } catch (TimeoutException late) {
            throw new LineBroken(
                    "pods do not answer themselves within " + limit.toSeconds() + " s");
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new LineBroken("interrupted");
        }
    }
}
