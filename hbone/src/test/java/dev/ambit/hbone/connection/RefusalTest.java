package dev.ambit.hbone.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.connection.WirePair.Opening;
import dev.ambit.hbone.connection.WirePair.Tunnel;
import org.junit.jupiter.api.Test;

/** Tunnels refused with a status, next to tunnels that were not. */
final class RefusalTest {
    @Test
    void manyRefusalsDoNotBreakTheOtherTunnelsOfTheConnection() {
        try (WirePair pair = new WirePair(HboneSettings.defaults(), 1)) {
            Tunnel tunnel = pair.tunnel();
            for (int i = 0; i < 1000; i++) {
                Opening denied = new Opening();
                pair.client.open(ConnectRequest.to("10.0.0.1:81"), denied);
                pair.settle();
                pair.serverOwner.requested.getLast().refuse(401);
                pair.settle();
                assertThat(denied.status).isEqualTo(401);
            }
            assertThat(pair.serverOwner.end).isNull();
            assertThat(tunnel.near().closed()).isFalse();
            assertThat(pair.client.streams()).isEqualTo(1);
            assertThat(pair.server.streams()).isEqualTo(1);
        }
    }
}
