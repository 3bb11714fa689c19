package dev.ambit.ztunnel.inpod;

import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the node agent, which can be given up and taken up again: the agent is to talk
 * to the process that serves its pods. Any thread, one at a time.
 */
public final class AgentConnection implements AutoCloseable {

    private static final Log LOG = Log.get("inpod::workloadmanager");

    /** A message under way is carried out first; binding a pod's ports takes milliseconds. */
    private static final Duration LAST_MESSAGE = Duration.ofSeconds(5);

    private final EventLoops loops;
    private final Path path;
    private final PodRegistry pods;
    private final Consumer<String> broken;
    private @Nullable ZdsClient client;
    private @Nullable Thread thread;

    /**
     * @param broken told why the process must end
     */
    public AgentConnection(EventLoops loops, Path path, PodRegistry pods, Consumer<String> broken) {
        this.loops = loops;
        this.path = path;
        this.pods = pods;
        this.broken = broken;
    }

    /** Connects, and again and again when the connection ends. */
    public synchronized void start() {
        if (client == null) {
            ZdsClient started = new ZdsClient(path, pods, broken);
            client = started;
            thread = loops.background("zds", started);
        }
    }

    /** Disconnects; no message is being carried out any more when this comes back. */
    public synchronized void stop() {
        ZdsClient ending = client;
        Thread running = thread;
        client = null;
        thread = null;
        if (ending == null || running == null) {
            return;
        }
        ending.close();
        try {
            if (!running.join(LAST_MESSAGE)) {
                LOG.warn("a message of the node agent takes long", "limit", LAST_MESSAGE);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
