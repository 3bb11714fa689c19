package dev.ambit.identity.revocation;

import dev.ambit.runtime.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code CRL_PATH}: read at the start, and again once a change has come to rest for {@link #QUIET}.
 * Looks by timer at what the path leads to, so that it sees a ConfigMap's symbolic links change as
 * well as a file written in place, and a directory that comes later. On one executor.
 */
public final class RevocationFile implements AutoCloseable {

    private static final Log LOG = Log.get("crl");

    /** A change is in force at most this and {@link #QUIET} later. */
    static final Duration LOOK = Duration.ofSeconds(1);

    /** As upstream: a ConfigMap changes in several steps. */
    static final Duration QUIET = Duration.ofSeconds(2);

    private final Path path;
    private final Revocation revocation;
    private final ScheduledExecutorService executor;
    private @Nullable ScheduledFuture<?> timer;
    private String seen = "";
    private String read = "";
    private Duration quiet = Duration.ZERO;

    public RevocationFile(Path path, Revocation revocation, ScheduledExecutorService executor) {
        this.path = path;
        this.revocation = revocation;
        this.executor = executor;
    }

    /** Reads it now, on the caller's thread, and from now on whenever it changes. */
    public void start() {
        seen = fingerprint();
        read();
        timer =
                executor.scheduleWithFixedDelay(
                        this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        revocation.look();
        String now = fingerprint();
        if (!now.equals(seen)) {
            seen = now;
            quiet = Duration.ZERO;
        } else if (!seen.equals(read)) {
            quiet = quiet.plus(LOOK);
            if (quiet.compareTo(QUIET) >= 0) {
                read();
            }
        }
    }

    /** Changes with the target of links and with each write. */
    private String fingerprint() {
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            return "%s %s %d".formatted(file.fileKey(), file.lastModifiedTime(), file.size());
        } catch (NoSuchFileException absent) {
            return "absent";
        } catch (IOException unreadable) {
            return "unreadable: " + unreadable.getMessage();
        }
    }

    private void read() {
        read = seen;
        String why;
        try {
            if (Files.size(path) > RevocationLists.MAX_BYTES) {
                why = revocation.rejected("larger than " + RevocationLists.MAX_BYTES + " bytes");
            } else {
                why = revocation.offer(Files.readAllBytes(path));
            }
        } catch (NoSuchFileException absent) {
            revocation.cleared();
            LOG.info("no revocation list", "path", path.toString());
            return;
        } catch (IOException | RuntimeException broken) {
            why = revocation.rejected(String.valueOf(broken.getMessage()));
        }
        if (why == null) {
            LOG.info("revocation list read", "path", path.toString());
        } else {
            LOG.error(
                    "AMB1108 revocation list not usable, the one before it stays in force",
                    "path",
                    path.toString(),
                    "error",
                    why);
        }
    }

    @Override
    public void close() {
        ScheduledFuture<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }
}
