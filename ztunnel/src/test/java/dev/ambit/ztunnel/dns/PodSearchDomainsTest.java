package dev.ambit.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PodSearchDomainsTest {

    private static final String CONF = "nameserver 10.96.0.10\nsearch ns1.svc.corp corp\n";

    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    @TempDir private Path proc;

    @AfterEach
    void close() {
        blocking.close();
    }

    private Path process(int pid, long namespace) throws IOException {
        Path process = proc.resolve(Integer.toString(pid));
        Files.createDirectories(process.resolve("ns"));
        Files.createDirectories(process.resolve("root/etc"));
        Files.createSymbolicLink(process.resolve("ns/net"), Path.of("net:[" + namespace + "]"));
        return process.resolve("root/etc/resolv.conf");
    }

    private PodSearchDomains searched() {
        PodSearchDomains domains = new PodSearchDomains(proc, 42, blocking);
        domains.search();
        return domains;
    }

    @Test
    void theFileOfAProcessInTheNamespaceIsRead() throws IOException {
        Files.writeString(process(1, 7), "search elsewhere\n");
        Files.writeString(process(2, 42), CONF);
        Files.createDirectories(proc.resolve("sys"));

        assertThat(searched().current()).containsExactly("ns1.svc.corp", "corp");
    }

    @Test
    void withoutAProcessInSightNothingIsKnown() throws IOException {
        Files.writeString(process(1, 7), CONF);

        assertThat(searched().current()).isNull();
    }

    @Test
    void whatIsNoPlainFileIsLeftAlone() throws IOException {
        Path secret = Files.writeString(proc.resolve("secret"), "search of.the.node\n");
        Files.createSymbolicLink(process(1, 42), secret);
        Files.createDirectories(process(2, 42));

        assertThat(searched().current()).isNull();
    }
}
