package dev.ambit.ztunnel.dns;

import dev.ambit.runtime.log.Log;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The search domains in a pod's own {@code /etc/resolv.conf}. A pod is known here by its network
 * namespace alone, so a process in it is looked for and the file read through {@code
 * /proc/<pid>/root}. That needs this proxy to see the node's processes ({@code hostPID}); where it
 * does not, nothing is found and the usual domains of Kubernetes are assumed, as upstream does.
 * Confined to the pod's loop but for the search itself.
 */
final class PodSearchDomains {

    private static final Log LOG = Log.get("dns");
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int MAX_BYTES = 64 * 1024;

    private final Path proc;
    private final long namespace;
    private final ExecutorService blocking;

    /** Set by the search, read by the loop. */
    private volatile @Nullable List<String> found;

    private boolean began;
    private long beganNanos;

    /**
     * @param namespace the inode that tells network namespaces apart
     */
    PodSearchDomains(Path proc, long namespace, ExecutorService blocking) {
        this.proc = proc;
        this.namespace = namespace;
        this.blocking = blocking;
    }

    /** Null as long as none are known; then somebody is looking. */
    @Nullable List<String> current() {
        List<String> known = found;
        long now = System.nanoTime();
        if (known == null && (!began || now - beganNanos > AGAIN_NANOS)) {
            began = true;
            beganNanos = now;
            try {
                blocking.execute(this::search);
            } catch (RejectedExecutionException ending) {
                return null;
            }
        }
        return known;
    }

    /** Blocks: reads a link of every process of the node. */
    void search() {
        String link = "net:[" + namespace + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (isIn(process, link)) {
                    List<String> domains = read(process.resolve("root/etc/resolv.conf"));
                    if (domains != null) {
                        LOG.debug("search domains of the pod", "file", process, "search", domains);
                        found = domains;
                        return;
                    }
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException unreadable) {
            LOG.debug("processes not readable", "error", unreadable);
        }
    }

    private static boolean isIn(Path process, String link) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/net")).toString().equals(link);
        } catch (IOException endedOrNotOurs) {
            return false;
        }
    }

    /**
     * The file is the pod's to write: only a plain file is read, and no more than such a file has.
     */
    private static @Nullable List<String> read(Path file) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] text = in.readNBytes(MAX_BYTES);
            List<String> search =
                    ResolvConf.parse(new String(text, StandardCharsets.ISO_8859_1)).search();
            return search.isEmpty() ? null : search;
        } catch (IOException gone) {
            return null;
        }
    }
}
