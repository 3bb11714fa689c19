package dev.ambit.api.manifest;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the directories again when the kernel says that something changed, and every so often in
 * any case: a missed notification (overflow, network file system, no watches left) costs one period
 * and nothing else. The owner gives it a thread of its own and stops it with {@link #close}.
 */
public final class ManifestWatch implements Runnable, AutoCloseable {
    /** Scans cost a stat per file, so this may be short enough to promise "within a second". */
    public static final Duration RESCAN = Duration.ofMillis(500);

    /** An edit is several notifications; wait until none came for this long. */
    private static final Duration QUIET = Duration.ofMillis(15);

    /** But no longer than this, whatever keeps writing. */
    private static final Duration MAX_WAIT = Duration.ofMillis(150);

    /**
     * Periods of quiet to wait for files that are being written; then they are told as they are.
     */
    private static final int PATIENCE = 15;

    private final ManifestFiles files;
    private final Consumer<ManifestSnapshot> listener;
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final @Nullable WatchService service;

    /** Read by the watching thread, set by whoever closes. */
    private volatile boolean closed;

    /**
     * @param listener called on the watching thread with the first snapshot and with each later one
     *     that differs
     */
    public ManifestWatch(ManifestFiles files, Consumer<ManifestSnapshot> listener) {
        this.files = files;
        this.listener = listener;
        this.service = openService();
    }

    @Override
    public void run() {
        ManifestSnapshot last = ManifestSnapshot.EMPTY;
        int waited = 0;
        while (!closed && !Thread.currentThread().isInterrupted()) {
            ManifestSnapshot now = files.scan();
            boolean moreToWatch = watchNewDirectories();
            boolean waiting = !files.settled() && waited < PATIENCE;
            waited = waiting ? waited + 1 : 0;
            if (!waiting && now.generation() != last.generation()) {
                last = now;
                listener.accept(now);
            }
            if (waiting || !files.settled()) {
                pause(QUIET);
            } else if (!moreToWatch) {
                awaitChange();
            }
        }
    }

    private void pause(Duration time) {
        try {
            boolean _ = closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        closing.countDown();
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                // The descriptor is gone either way; the thread ends at its next period.
                return;
            }
        }
    }

    private static @Nullable WatchService openService() {
        try {
            return FileSystems.getDefault().newWatchService();
        } catch (IOException | UnsupportedOperationException e) {
            // No notifications here (for instance no inotify instance left): scans alone then.
            return null;
        }
    }

    /** True if a directory is newly watched: what was put there before that needs one more scan. */
    private boolean watchNewDirectories() {
        if (service == null) {
            return false;
        }
        Set<Path> directories = files.directories();
        watched.entrySet()
                .removeIf(
                        e -> {
                            if (directories.contains(e.getKey()) && e.getValue().isValid()) {
                                return false;
                            }
                            e.getValue().cancel();
                            return true;
                        });
        boolean added = false;
        for (Path directory : directories) {
            if (watched.containsKey(directory)) {
                continue;
            }
            try {
                watched.put(
                        directory,
                        directory.register(
                                service,
                                StandardWatchEventKinds.ENTRY_CREATE,
                                StandardWatchEventKinds.ENTRY_MODIFY,
                                StandardWatchEventKinds.ENTRY_DELETE));
                added = true;
            } catch (IOException | ClosedWatchServiceException e) {
                // Vanished again, or no watches left: the period covers it.
                watched.remove(directory);
            }
        }
        return added;
    }

    private void awaitChange() {
        try {
            if (service == null) {
                pause(RESCAN);
                return;
            }
            WatchKey key = service.poll(RESCAN.toNanos(), TimeUnit.NANOSECONDS);
            long deadline = System.nanoTime() + MAX_WAIT.toNanos();
            while (key != null) {
                key.pollEvents();
                key.reset();
                key =
                        System.nanoTime() < deadline
                                ? service.poll(QUIET.toNanos(), TimeUnit.NANOSECONDS)
                                : null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClosedWatchServiceException e) {
            closed = true;
        }
    }
}
