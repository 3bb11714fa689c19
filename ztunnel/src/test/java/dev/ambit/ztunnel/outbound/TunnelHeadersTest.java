package dev.ambit.ztunnel.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectRequest;
import dev.ambit.identity.SpiffeId;
import dev.ambit.ztunnel.telemetry.ServiceName;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TunnelHeadersTest {

    private static final InetSocketAddress CLIENT = new InetSocketAddress("10.0.0.1", 1234);

    @Test
    void saysWhoForwardsForWhom() {
        assertThat(TunnelHeaders.forwarded(CLIENT, null)).isEqualTo("for=\"10.0.0.1:1234\"");
        assertThat(TunnelHeaders.forwarded(new InetSocketAddress("fd00::1", 1), null))
                .isEqualTo("for=\"[fd00::1]:1\"");
        assertThat(TunnelHeaders.forwarded(CLIENT, new ServiceName("web.ns", "web", "ns")))
                .isEqualTo("for=\"10.0.0.1:1234\";host=web.ns");
    }

    @Test
    void startsANewTraceForEachConnection() {
        assertThat(TunnelHeaders.traceparent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
        assertThat(TunnelHeaders.traceparent()).isNotEqualTo(TunnelHeaders.traceparent());
    }

    @Test
    void describesTheSourceByItsCurrentRecord() {
        TunnelHeaders headers = new TunnelHeaders();
        Workload before =
                Workload.builder("u", "w", SpiffeId.of("td", "ns", "sa"))
                        .workloadName("old")
                        .build();
        Workload after = before.toBuilder().workloadName("new").build();
        ConnectRequest first = headers.request("10.0.0.2:80", before, CLIENT, null, Map.of(), null);
        assertThat(first.authority()).isEqualTo("10.0.0.2:80");
        assertThat(first.baggage()).contains(".name=old");
        assertThat(headers.request("10.0.0.2:80", after, CLIENT, null, Map.of(), null).baggage())
                .contains(".name=new");
    }
}
