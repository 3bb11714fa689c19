package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.ServicePort.Protocol;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests through a waypoint to an application, without routes. */
final class ForwardingTest {

    private final TestMesh mesh = new TestMesh();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
        mesh.close();
    }

    @Test
    void carriesARequestAndItsAnswer() throws Exception {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            int port = mesh.open("reviews");
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> answer =
                        client.send(
                                HttpRequest.newBuilder(
                                                URI.create("http://127.0.0.1:" + port + "/a?b=c"))
                                        .POST(HttpRequest.BodyPublishers.ofString("hello"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("v1");
            }
            HttpDestination.Asked asked = app.asked.getFirst();
            assertThat(asked.method()).isEqualTo("POST");
            assertThat(asked.uri()).isEqualTo("/a?b=c");
            assertThat(asked.body()).isEqualTo("hello");
            assertThat(asked.headers().getFirst("x-forwarded-for")).isEqualTo("10.1.0.7");
            assertThat(asked.headers().getFirst("x-request-id")).hasSize(36);
        }
        assertThat(mesh.metrics())
                .contains("istio_requests_total{")
                .contains("reporter=\"waypoint\"")
                .contains("destination_service_name=\"reviews\"")
                .contains("response_code=\"200\"");
    }
}
