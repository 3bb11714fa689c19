package dev.ambit.ztunnel.dns;

import dev.ambit.runtime.log.Log;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The name servers of this process's own {@code /etc/resolv.conf}. Read at the start and again, off
 * the loops, when they are asked for after a while; a file that went away or names nobody leaves
 * the last ones in place. Thread-safe.
 */
public final class SystemNameservers implements Supplier<List<InetSocketAddress>> {

    private static final Log LOG = Log.get("dns");
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Path file;
    private final Executor blocking;
    private final AtomicLong readNanos = new AtomicLong(System.nanoTime());

    /** Replaced by whoever read the file last; read by every loop. */
    private volatile ResolvConf current;

    /** Reads it once before it returns. */
    public SystemNameservers(Path file, Executor blocking) {
        this.file = file;
        this.blocking = blocking;
        this.current = new ResolvConf(List.of(), List.of());
        read();
        if (current.nameservers().isEmpty()) {
            LOG.warn(
                    "no name servers, names outside the mesh are not resolved",
                    "code",
                    "AMB1230",
                    "file",
                    file);
        }
    }

    @Override
    public List<InetSocketAddress> get() {
        long last = readNanos.get();
        long now = System.nanoTime();
        if (now - last > FRESH_NANOS && readNanos.compareAndSet(last, now)) {
            try {
                blocking.execute(this::read);
            } catch (RejectedExecutionException ending) {
                return current.nameservers();
            }
        }
        return current.nameservers();
    }

    /** The search domains beside them. */
    public List<String> searchDomains() {
        return current.search();
    }

    private void read() {
        try {
            ResolvConf read = ResolvConf.parse(Files.readString(file));
            if (!read.nameservers().isEmpty()) {
                current = read;
            }
        } catch (IOException | java.io.UncheckedIOException gone) {
            LOG.debug("resolv.conf not readable", "file", file, "error", gone);
        }
    }
}
