package dev.ambit.waypoint.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class AccessLogTest {

    private static RequestRecord record(String path, String agent) {
        Peer peer = new Peer("w", "ns", "spiffe://td/ns/ns/sa/a", "app", "v1", "Kubernetes");
        return new RequestRecord(
                new Parties(peer, peer, new ServiceName("reviews.ns.svc", "reviews", "ns", 9080)),
                new RequestRecord.Asked(
                        "GET", path, "HTTP/1.1", "reviews:9080", null, agent, "id-1", false, 3),
                new RequestRecord.Answered(
                        200, "-", "via_upstream", null, null, 5, RequestRecord.Messages.NONE),
                new RequestRecord.Timing(
                        Instant.parse("2026-11-21T10:00:00.123456Z"), 7_900_000, 6),
                new RequestRecord.Addresses(
                        "10.0.0.2:9080",
                        "inbound-vip|9080|http|reviews.ns.svc",
                        null,
                        "10.96.0.1:9080",
                        "10.0.0.1:5000",
                        "ns/route/0"));
    }

    @Test
    void printsIstiosDefaultFormat() {
        assertThat(AccessLog.format(record("/a?b", "curl/8")))
                .isEqualTo(
                        "[2026-11-21T10:00:00.123Z] \"GET /a?b HTTP/1.1\" 200 - via_upstream - \"-\" 3"
                                + " 5 7 6 \"-\" \"curl/8\" \"id-1\" \"reviews:9080\" \"10.0.0.2:9080\""
                                + " inbound-vip|9080|http|reviews.ns.svc - 10.96.0.1:9080 10.0.0.1:5000 -"
                                + " ns/route/0");
    }

    @Test
    void nothingAClientSendsLeavesItsQuotesOrItsLine() {
        String line = AccessLog.format(record("/a", "x\" 200 \n[fake] \u0000é" + "y".repeat(9000)));
        assertThat(line).contains("\"x\\\" 200 \\x0a[fake] \\x00\\xe9yyy").doesNotContain("\n");
        assertThat(line.length()).isLessThan(3000);
    }
}
