package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.ServicePort.Protocol;
import dev.ambit.api.waypoint.WaypointPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 and gRPC through the waypoint. */
final class Http2Test {

    private final TestMesh mesh = new TestMesh();
    private final H2 h2 = new H2();

    @AfterEach
    void close() {
        h2.close();
        mesh.close();
    }

    /** One gRPC message. */
    private static String message(String text) {
        return "\0\0\0\0" + (char) text.length() + text;
    }

    @Test
    void carriesGrpcWithItsTrailers() {
        mesh.service(
                "reviews", Protocol.GRPC, TestMesh.Destination.plain(h2.server(H2.GrpcEcho::new)));
        Channel connection = h2.connect(mesh.open("reviews"));
        String body = message("hello") + message("again");
        for (int i = 0; i < 5; i++) {
            H2.Answer answer = h2.ask(connection, H2.grpc("/shop.Reviews/Get"), body).join();
            assertThat(answer.head().status()).hasToString("200");
            assertThat(answer.head().get("x-te")).hasToString("trailers");
            assertThat(answer.body()).isEqualTo(body);
            Http2Headers trailers = Objects.requireNonNull(answer.trailers());
            assertThat(trailers.get("grpc-status")).hasToString("0");
            assertThat(trailers.get("x-last")).hasToString("yes");
        }
        assertThat(h2.connections.get()).isEqualTo(1);
        assertThat(mesh.metrics())
                .contains("request_protocol=\"grpc\"")
                .contains("grpc_response_status=\"0\"")
                .containsPattern("istio_request_messages_total\\{[^}]*} 10");
    }

    @Test
    void carriesManyStreamsAtOnce() {
        mesh.service(
                "reviews", Protocol.HTTP2, TestMesh.Destination.plain(h2.server(H2.GrpcEcho::new)));
        Channel connection = h2.connect(mesh.open("reviews"));
        List<CompletableFuture<H2.Answer>> all = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            all.add(h2.ask(connection, H2.grpc("/a"), message("n" + i)));
        }
        for (int i = 0; i < 150; i++) {
            assertThat(all.get(i).join().body()).isEqualTo(message("n" + i));
        }
    }

    @Test
    void speaksHttp11ToADestinationThatDoes() {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            Channel connection = h2.connect(mesh.open("reviews"));
            assertThat(h2.ask(connection, H2.get("/x"), "").join().body()).isEqualTo("v1");
            Map<String, String> post = new HashMap<>(H2.get("/y"));
            post.put(":method", "POST");
            assertThat(h2.ask(connection, post, "hello").join().body()).isEqualTo("v1");
            assertThat(app.asked.get(0).headers().getFirst("host")).isEqualTo("reviews");
            assertThat(app.asked.get(1).body()).isEqualTo("hello");
        }
    }

    @Test
    void takesTheClientsProtocolWhereThePortSaysNothing() {
        mesh.service(
                "reviews", Protocol.UNSET, TestMesh.Destination.plain(h2.server(H2.GrpcEcho::new)));
        Channel connection = h2.connect(mesh.open("reviews"));
        assertThat(h2.ask(connection, H2.grpc("/a"), message("x")).join().body())
                .isEqualTo(message("x"));
    }

    @Test
    void refusalsOfGrpcCallsAreGrpcAnswers() {
        mesh.service("reviews", Protocol.GRPC);
        mesh.policy(
                new WaypointPolicy(
                        TestMesh.NAMESPACE,
                        "deny-all",
                        List.of(new PolicyTarget.ToService(TestMesh.host("reviews"))),
                        new HttpAuthorization(
                                HttpAuthorization.Action.DENY,
                                false,
                                List.of(new AuthorizationRule(List.of(), List.of(), List.of())))));
        Channel connection = h2.connect(mesh.open("reviews"));
        H2.Answer answer = h2.ask(connection, H2.grpc("/a"), message("x")).join();
        assertThat(answer.head().status()).hasToString("200");
        assertThat(answer.head().get("grpc-status")).hasToString("7");
        assertThat(answer.head().get("grpc-message")).hasToString("RBAC: access denied");
        assertThat(mesh.metrics()).contains("grpc_response_status=\"7\"");
    }

    @Test
    void refusedStreamsAndUnavailableAnswersAreTriedAgain() {
        AtomicInteger tries = new AtomicInteger();
        int port =
                h2.server(
                        () ->
                                new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelRead(
                                            ChannelHandlerContext ctx, Object frame) {
                                        if (frame instanceof Http2HeadersFrame) {
                                            answer(ctx, tries.incrementAndGet());
                                        }
                                        ReferenceCountUtil.release(frame);
                                    }
                                });
        mesh.service("reviews", Protocol.GRPC, TestMesh.Destination.plain(port));
        Channel connection = h2.connect(mesh.open("reviews"));
        H2.Answer answer = h2.ask(connection, H2.grpc("/a"), message("x")).join();
        assertThat(answer.head().get("grpc-status")).hasToString("0");
        assertThat(tries.get()).isEqualTo(3);
    }

    private static void answer(ChannelHandlerContext ctx, int number) {
        if (number == 1) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
            return;
        }
        Http2Headers head = new DefaultHttp2Headers().status("200");
        head.set("content-type", "application/grpc");
        head.set("grpc-status", number == 2 ? "14" : "0");
        ctx.writeAndFlush(new DefaultHttp2HeadersFrame(head, true));
    }

    @Test
    void malformedHeadsResetTheStreamOnly() {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            Channel connection = h2.connect(mesh.open("reviews"));
            Map<String, String> hosts = new HashMap<>(H2.get("/"));
            hosts.put("host", "other");
            Map<String, String> path = new HashMap<>(H2.get("/"));
            path.put(":path", "x y");
            Map<String, String> te = new HashMap<>(H2.get("/"));
            te.put("te", "gzip");
            for (Map<String, String> bad : List.of(hosts, path, te)) {
                assertThat(h2.ask(connection, bad, "").join().reset()).as(bad.toString()).isTrue();
            }
            assertThat(h2.ask(connection, H2.get("/"), "").join().body()).isEqualTo("v1");
            assertThat(app.requests.get()).isEqualTo(1);
        }
    }

    @Test
    void drainsWithGoAwayAndFinishesWhatIsUnderWay() {
        mesh.service(
                "reviews", Protocol.HTTP2, TestMesh.Destination.plain(h2.server(H2.GrpcEcho::new)));
        Channel connection = h2.connect(mesh.open("reviews"));
        assertThat(h2.ask(connection, H2.grpc("/a"), message("x")).join().reset()).isFalse();
        mesh.plane.openConnections().drain();
        connection.closeFuture().syncUninterruptibly();
        Eventually.holds(() -> mesh.plane.openConnections().count() == 0);
    }
}
