package dev.ambit.waypoint.ingress;

import static dev.ambit.waypoint.ingress.EmbeddedWaypoint.GET;
import static dev.ambit.waypoint.ingress.EmbeddedWaypoint.REVIEWS;
import static dev.ambit.waypoint.ingress.EmbeddedWaypoint.bytes;
import static dev.ambit.waypoint.ingress.EmbeddedWaypoint.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.Timeouts;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An exchange from the question to the answer, its times and its tries. */
final class ExchangePhasesTest {

    private final EmbeddedWaypoint waypoint = new EmbeddedWaypoint();

    @AfterEach
    void nothingIsLeft() {
        waypoint.close();
    }

    @Test
    void anAnswerComesBackAndTheConnectionServesTheNextRequest() {
        for (int i = 0; i < 3; i++) {
            waypoint.ask(GET);
            assertThat(written(waypoint.destinations.getFirst())).startsWith("GET / HTTP/1.1\r\n");
            waypoint.destinations
                    .getFirst()
                    .writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
            assertThat(written(waypoint.client))
                    .isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
        assertThat(waypoint.destinations).hasSize(1);
        assertThat(waypoint.log).hasSize(3);
        assertThat(waypoint.log.getFirst())
                .contains("\"GET / HTTP/1.1\" 200 - via_upstream")
                .contains("inbound-vip|80|http|" + REVIEWS.hostname());
    }

    @Test
    void theWholeTimeRunsFromTheEndOfTheRequest() {
        waypoint.route(new Timeouts(Duration.ofSeconds(2), Duration.ZERO), Retry.NONE);
        waypoint.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh");
        waypoint.pass(Duration.ofSeconds(10));
        assertThat(written(waypoint.client)).isEmpty();
        waypoint.ask("i");
        waypoint.pass(Duration.ofMillis(1999));
        assertThat(written(waypoint.client)).isEmpty();
        waypoint.pass(Duration.ofMillis(1));
        assertThat(written(waypoint.client))
                .startsWith("HTTP/1.1 504 ")
                .endsWith("upstream request timeout");
        assertThat(waypoint.destinations.getFirst().isOpen()).isFalse();
        assertThat(waypoint.log.getFirst()).contains("504 UT upstream_response_timeout");
    }

    @Test
    void triesAgainAtAnotherEndpointAfterAPause() {
        waypoint.endpoints(2);
        waypoint.route(Timeouts.NONE, new Retry(1, List.of(503), Duration.ofMillis(10)));
        waypoint.ask(GET);
        waypoint.destinations
                .getFirst()
                .writeInbound(bytes("HTTP/1.1 503 X\r\ncontent-length: 3\r\n\r\nbad"));
        assertThat(waypoint.destinations).hasSize(1);
        waypoint.pass(Duration.ofSeconds(1));
        assertThat(waypoint.destinations).hasSize(2);
        waypoint.destinations
                .get(1)
                .writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
        assertThat(written(waypoint.client)).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void anAnswerWithoutAnotherTryIsPassedOn() {
        waypoint.route(Timeouts.NONE, new Retry(1, List.of(503), Duration.ofMillis(10)));
        waypoint.ask(GET);
        for (int i = 0; i < 2; i++) {
            waypoint.destinations
                    .get(i)
                    .writeInbound(bytes("HTTP/1.1 503 X\r\ncontent-length: 3\r\n\r\nbad"));
            waypoint.pass(Duration.ofSeconds(1));
        }
        assertThat(written(waypoint.client)).startsWith("HTTP/1.1 503 X").endsWith("bad");
        assertThat(waypoint.log.getFirst()).contains("503 URX via_upstream");
    }

    @Test
    void aConnectionThatWentStaleIsReplacedForRequestsThatMayBeRepeated() {
        waypoint.ask(GET);
        waypoint.destinations
                .getFirst()
                .writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
        written(waypoint.client);
        waypoint.ask(GET);
        waypoint.destinations.getFirst().close();
        waypoint.pass(Duration.ofSeconds(1));
        waypoint.destinations
                .get(1)
                .writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
        assertThat(written(waypoint.client)).endsWith("ok");
        written(waypoint.client);
        waypoint.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        waypoint.destinations.get(1).close();
        waypoint.pass(Duration.ofSeconds(1));
        assertThat(written(waypoint.client))
                .startsWith("HTTP/1.1 503 ")
                .contains("connection termination");
    }

    @Test
    void earlyHintsPassAndContinuesDoNot() {
        waypoint.ask(GET);
        waypoint.destinations
                .getFirst()
                .writeInbound(
                        bytes(
                                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: </a>\r\n\r\n"));
        waypoint.destinations.getFirst().writeInbound(bytes("HTTP/1.1 204 No\r\n\r\n"));
        assertThat(written(waypoint.client))
                .isEqualTo("HTTP/1.1 103 Early\r\nlink: </a>\r\n\r\nHTTP/1.1 204 No\r\n\r\n");
    }

    @Test
    void corsQuestionsAreAnsweredHere() {
        waypoint.route(
                Timeouts.NONE,
                null,
                new RouteFilter.Cors(
                        List.of("https://*.example"),
                        true,
                        List.of("GET", "PUT"),
                        List.of("x-a"),
                        List.of(),
                        Duration.ofHours(1)));
        String origin = "origin: https://shop.example\r\n";
        waypoint.ask(
                "OPTIONS / HTTP/1.1\r\nHost: a\r\n"
                        + origin
                        + "access-control-request-method: PUT\r\n\r\n");
        assertThat(waypoint.destinations).isEmpty();
        assertThat(written(waypoint.client))
                .startsWith("HTTP/1.1 200 OK")
                .contains("access-control-allow-origin: https://shop.example\r\n")
                .contains("access-control-allow-methods: GET,PUT\r\n")
                .contains("access-control-max-age: 3600\r\n");
        waypoint.ask("GET / HTTP/1.1\r\nHost: a\r\n" + origin + "\r\n");
        waypoint.destinations.getFirst().writeInbound(bytes("HTTP/1.1 204 No\r\n\r\n"));
        assertThat(written(waypoint.client))
                .contains(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS + ": true\r\n");
    }
}
