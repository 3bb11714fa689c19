package dev.ambit.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class SeqPacketSocketTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir private Path dir;
    private SeqPacketServer server;
    private SeqPacketSocket client;
    private SeqPacketSocket accepted;

    @BeforeEach
    void connect() {
        server = SeqPacketSocket.listen(dir.resolve("t.sock"), 0600);
        client = SeqPacketSocket.connect(dir.resolve("t.sock"));
        accepted = server.accept(LONG).orElseThrow();
    }

    @AfterEach
    void close() {
        client.close();
        accepted.close();
        server.close();
    }

    private static Received.Packet packet(Received received) {
        assertThat(received).isInstanceOf(Received.Packet.class);
        return (Received.Packet) received;
    }

    @Test
    void keepsPacketsApart() {
        client.send(new byte[] {1, 2});
        client.send(new byte[] {3});
        assertThat(packet(accepted.receive(1024, LONG)).bytes()).containsExactly(1, 2);
        assertThat(packet(accepted.receive(1024, LONG)).bytes()).containsExactly(3);
    }

    /** Goal: a descriptor arrives as one of the same file. Method: compare inodes. */
    @Test
    void carriesADescriptor() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "x");
        int fd = Descriptors.open(file);
        client.send(new byte[] {7}, fd);
        Descriptors.close(fd);
        Received.Packet got = packet(accepted.receive(1024, LONG));
        assertThat(got.bytes()).containsExactly(7);
        assertThat(got.fds()).hasSize(1);
        assertThat(Descriptors.inode(got.fds()[0])).isEqualTo(Files.getAttribute(file, "unix:ino"));
        Descriptors.close(got.fds()[0]);
    }

    @Test
    void tellsTimeFromEnd() {
        assertThat(accepted.receive(1024, Duration.ofMillis(1)))
                .isInstanceOf(Received.TimedOut.class);
        client.close();
        assertThat(accepted.receive(1024, LONG)).isInstanceOf(Received.EndOfStream.class);
        assertThatThrownBy(() -> accepted.send(new byte[] {1}))
                .isInstanceOf(SystemCallException.class)
                .hasMessageContaining("broken pipe");
    }

    @Test
    void saysThatAPacketDidNotFit() {
        client.send(new byte[100]);
        assertThat(accepted.receive(99, LONG)).isEqualTo(new Received.Truncated(99));
    }

    @Test
    void knowsItsPeer() {
        assertThat(accepted.peerCredentials().pid()).isEqualTo((int) ProcessHandle.current().pid());
    }

    @Test
    void wakesAReceiverWhenClosed() throws Exception {
        CompletableFuture<Received> received = new CompletableFuture<>();
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> received.complete(accepted.receive(1024, Duration.ZERO)));
        accepted.close();
        assertThat(received.get()).isInstanceOf(Received.EndOfStream.class);
        reader.join();
    }

    @Test
    void wakesAnAcceptorWhenClosedAndRemovesTheFile() throws Exception {
        CompletableFuture<Optional<SeqPacketSocket>> next = new CompletableFuture<>();
        Thread acceptor =
                Thread.ofPlatform().start(() -> next.complete(server.accept(Duration.ZERO)));
        server.close();
        assertThat(next.get()).isEmpty();
        assertThat(server.path()).doesNotExist();
        acceptor.join();
    }

    @Test
    void replacesTheFileOfADeadServerAndLeavesThatOfItsSuccessor() throws Exception {
        SeqPacketServer successor = SeqPacketSocket.listen(server.path(), 0660);
        server.close();
        assertThat(Files.getAttribute(successor.path(), "unix:mode")).isEqualTo(0140660);
        successor.close();
        assertThat(successor.path()).doesNotExist();
    }

    @Test
    void namesThePathThatCannotBeReached() {
        assertThatThrownBy(() -> SeqPacketSocket.connect(dir.resolve("nobody.sock")))
                .hasMessageContaining("nobody.sock")
                .hasMessageContaining("no such file");
    }
}
