package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.Limit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A09 and A16: bytes that are no handshake end their own connection, and no other. */
final class HandshakeAttackTest {

    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;

    private final TunnelBed bed = Strangers.bed(Strangers.handshakeWithin(Duration.ofSeconds(2)));
    private ServerSocket app;
    private Socket good;

    @BeforeEach
    void openATunnel() throws IOException {
        app = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        var _ = CompletableFuture.runAsync(this::echo);
        InetSocketAddress front = bed.front((InetSocketAddress) app.getLocalSocketAddress());
        good = new Socket(front.getAddress(), front.getPort());
        good.setSoTimeout(20_000);
        goesOn();
    }

    @AfterEach
    void close() throws IOException {
        good.close();
        app.close();
        bed.close();
    }

    private void echo() {
        try (Socket socket = app.accept()) {
            int read;
            while ((read = socket.getInputStream().read()) >= 0) {
                socket.getOutputStream().write(read);
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void goesOn() throws IOException {
        good.getOutputStream().write('x');
        assertThat(good.getInputStream().read()).isEqualTo('x');
    }

    private static byte[] record(int type, int... content) {
        byte[] record = new byte[5 + content.length];
        record[0] = (byte) type;
        record[1] = 3;
        record[2] = 3;
        record[3] = (byte) (content.length >> 8);
        record[4] = (byte) content.length;
        for (int i = 0; i < content.length; i++) {
            record[5 + i] = (byte) content[i];
        }
        return record;
    }

    private static byte[] times(int n, byte[] record) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < n; i++) {
            all.writeBytes(record);
        }
        return all.toByteArray();
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of("unknown alert", record(ALERT, 2, 0xfe)),
                Arguments.of("unknown warning alerts", times(10_000, record(ALERT, 1, 0xfe))),
                Arguments.of("empty handshake records", times(10_000, record(HANDSHAKE))),
                Arguments.of("record of unknown type", record(99, 1, 2, 3)),
                Arguments.of(
                        "plain text", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                Arguments.of("hello of 16 MiB", record(HANDSHAKE, 1, 0xff, 0xff, 0xff, 3, 3)),
                Arguments.of("hello that never ends", record(HANDSHAKE, 1, 0, 2, 0, 3, 3)));
    }

    /** A09: the connection is closed, at the latest when the handshake has had its time. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void a09WhatIsNoHandshakeEndsItsOwnConnection(String name, byte[] bytes) throws IOException {
        try (Socket socket = Strangers.connect(bed)) {
            Strangers.write(socket, bytes);
            Strangers.drain(socket);
            Await.until("gone", () -> bed.server.connections() == 1);
            goesOn();
        }
    }

    /** A16: hellos that never end are as many as the limit allows, and all are closed in time. */
    @Test
    void a16UnfinishedHellosAreLimitedAndClosedInTime() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        byte[] hello = record(HANDSHAKE, 1, 0, 0x3f, 0xff, 3, 3);
        for (int i = 0; i < 1_000; i++) {
            Socket socket = Strangers.connect(bed);
            sockets.add(socket);
            Strangers.write(socket, hello);
            assertThat(bed.server.connections()).isLessThanOrEqualTo(130);
        }
        goesOn();
        Await.until("all closed", () -> bed.server.connections() == 1);
        assertThat(bed.serverCounters.hits(Limit.HALF_OPEN_PER_SOURCE)).isPositive();
        assertThat(bed.serverCounters.hits(Limit.HANDSHAKE_TIMEOUT)).isPositive();
        for (Socket socket : sockets) {
            socket.close();
        }
        goesOn();
    }
}
