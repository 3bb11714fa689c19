package dev.ambit.waypoint.ingress;

import static dev.ambit.waypoint.ingress.EmbeddedWaypoint.GET;
import static dev.ambit.waypoint.ingress.EmbeddedWaypoint.bytes;
import static dev.ambit.waypoint.ingress.EmbeddedWaypoint.written;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Exchanges that end before their time, from either side. */
final class ExchangeFailuresTest {

    private final EmbeddedWaypoint waypoint = new EmbeddedWaypoint();

    @AfterEach
    void nothingIsLeft() {
        waypoint.close();
    }

    @Test
    void anExchangeThatDoesNotMoveIsEnded() {
        waypoint.ask(GET);
        for (int i = 0; i < 28; i++) {
            waypoint.pass(Duration.ofSeconds(10));
        }
        assertThat(written(waypoint.client)).isEmpty();
        for (int i = 0; i < 8; i++) {
            waypoint.pass(Duration.ofSeconds(10));
        }
        assertThat(written(waypoint.client)).startsWith("HTTP/1.1 408 ").endsWith("stream timeout");
        assertThat(waypoint.log.getFirst()).contains("408 SI stream_idle_timeout");
    }

    @Test
    void aHeadThatDoesNotEndIsRefused() {
        waypoint.ask("GET / HTTP/1.1\r\nHost: a\r\n");
        waypoint.ask("X: y");
        waypoint.pass(Duration.ofSeconds(14));
        assertThat(waypoint.client.isOpen()).isTrue();
        waypoint.pass(Duration.ofSeconds(2));
        assertThat(written(waypoint.client)).startsWith("HTTP/1.1 408 ");
        assertThat(waypoint.client.isOpen()).isFalse();
    }

    @Test
    void aClientThatLeavesTakesItsRequestWithIt() {
        waypoint.ask(GET);
        waypoint.client.close();
        assertThat(waypoint.destinations.getFirst().isOpen()).isFalse();
        assertThat(waypoint.log.getFirst()).contains(" 0 DC downstream_remote_disconnect");
    }

    @Test
    void anAnswerCutOffIsNotMadeToLookComplete() {
        waypoint.ask(GET);
        waypoint.destinations
                .getFirst()
                .writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"));
        waypoint.destinations.getFirst().close();
        assertThat(written(waypoint.client)).endsWith("ok");
        assertThat(waypoint.client.isOpen()).isFalse();
        assertThat(waypoint.log.getFirst()).contains("200 UC");
    }

    @Test
    void aGarbledAnswerIs502() {
        waypoint.ask(GET);
        waypoint.destinations.getFirst().writeInbound(bytes("SSH-2.0-x\r\n\r\n"));
        assertThat(written(waypoint.client)).startsWith("HTTP/1.1 502 ").contains("protocol error");
        assertThat(waypoint.log.getFirst()).contains("502 UPE");
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestEndsTheUpload() {
        waypoint.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        waypoint.destinations
                .getFirst()
                .writeInbound(bytes("HTTP/1.1 413 Too\r\ncontent-length: 0\r\n\r\n"));
        assertThat(written(waypoint.client)).startsWith("HTTP/1.1 413 Too");
        assertThat(waypoint.destinations.getFirst().isOpen()).isFalse();
        waypoint.ask("67890" + GET);
        assertThat(waypoint.destinations).hasSize(2);
        waypoint.destinations.get(1).writeInbound(bytes("HTTP/1.1 204 No\r\n\r\n"));
        assertThat(written(waypoint.client)).startsWith("HTTP/1.1 204 No");
    }

    @Test
    void failuresOfConnectingAreTold() {
        waypoint.mesh.applyAddresses(List.of(), List.of("uid0"));
        waypoint.ask(GET);
        assertThat(written(waypoint.client)).endsWith("no healthy upstream");
        assertThat(waypoint.log.getFirst()).contains("503 UH no_healthy_upstream");
    }
}
