package dev.ambit.hbone.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.tls.MeshTls;
import io.netty.channel.ChannelException;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Connections that cannot even be begun. */
final class KeyPoolTest {
    private final List<String> failures = new ArrayList<>();
    private int sockets;

    private final HbonePool pool =
            new HbonePool(
                    new EmbeddedChannel().eventLoop(),
                    HboneSettings.defaults(),
                    new HboneCounters(),
                    (key, loop, handler) -> {
                        sockets++;
                        throw new ChannelException("Too many open files");
                    });

    @Test
    void aSocketThatCannotBeMadeFailsTheTunnelAndTheNextOneTriesAgain() {
        open();
        open();
        assertThat(failures)
                .containsExactly(
                        "connection failed: Too many open files",
                        "connection failed: Too many open files");
        assertThat(sockets).isEqualTo(2);
        assertThat(pool.connections()).isZero();
    }

    private void open() {
        SpiffeId peer = SpiffeId.of("cluster.local", "b", "server");
        PoolKey key =
                new PoolKey(
                        SpiffeId.of("cluster.local", "a", "client"),
                        List.of(peer),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 15008),
                        null,
                        "uid",
                        MeshTls.refusing().serial());
        pool.open(
                key,
                MeshTls.refusing(),
                ConnectRequest.to("127.0.0.1:80"),
                new OpenCallback() {
                    @Override
                    public void opened(HboneStream stream, Map<String, String> headers) {
                        failures.add("opened");
                    }

                    @Override
                    public void failed(OpenFailure failure) {
                        failures.add(failure.describe());
                    }
                });
    }
}
