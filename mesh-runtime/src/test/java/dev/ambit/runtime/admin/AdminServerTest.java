package dev.ambit.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.runtime.log.LogFilter;
import dev.ambit.runtime.log.Logging;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The admin port on every transport of this machine. */
@Timeout(60)
final class AdminServerTest {

    private static final int LARGE = 60 * 1024 * 1024;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Readiness readiness = new Readiness();
    private final List<AutoCloseable> open = new java.util.ArrayList<>();
    private int port;

    static List<Transport> transports() {
        return TestLoops.transports();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable c : open.reversed()) {
            c.close();
        }
        Logging.setFilter(LogFilter.INFO);
        http.close();
    }

    private void start(Transport transport) {
        EventLoops loops = TestLoops.start(transport, 1);
        open.add(loops);
        AdminRoutes routes =
                AdminRoutes.create()
                        .get("/config_dump", r -> AdminResponse.json("{}"))
                        .get("/echo", r -> AdminResponse.text(r.parameter("x").orElse("-")))
                        .post("/quitquitquit", r -> AdminResponse.text("shutdown now\n"))
                        .any("/", r -> AdminResponse.html("<html>"))
                        .getBelow("/debug/", r -> AdminResponse.text(r.path()))
                        .get(
                                "/broken",
                                r -> {
                                    throw new IOException("no such thing");
                                })
                        .with(MetricsRoutes.of(MetricsRegistry.of("test", "1")))
                        .with(LoggingRoutes.standard())
                        .with(ProfileRoutes.standard())
                        .get("/large", r -> AdminResponse.of(200, "x", new byte[LARGE]))
                        .with(readiness.routes());
        AdminServer server =
                AdminServer.bind(
                        loops, routes, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        open.add(server);
        port = server.port();
    }

    private HttpResponse<byte[]> ask(String method, String path, String... headers)
            throws Exception {
        HttpRequest.Builder b =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            b.headers(headers);
        }
        return http.send(b.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private String text(String method, String path) throws Exception {
        HttpResponse<byte[]> r = ask(method, path);
        return r.statusCode() + " " + new String(r.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void answersByRouteAndMethod(Transport transport) throws Exception {
        start(transport);
        assertThat(text("GET", "/config_dump")).isEqualTo("200 {}");
        assertThat(text("HEAD", "/config_dump")).isEqualTo("200 ");
        assertThat(text("GET", "/echo?x=a%20b")).isEqualTo("200 a b");
        assertThat(text("GET", "/quitquitquit")).startsWith("405 ");
        assertThat(text("POST", "/quitquitquit")).isEqualTo("200 shutdown now\n");
        assertThat(text("PUT", "/")).isEqualTo("200 <html>");
        assertThat(text("GET", "/debug/x/y")).isEqualTo("200 /debug/x/y");
        assertThat(text("GET", "/nowhere")).isEqualTo("404 not found: /nowhere\n");
        assertThat(text("GET", "/broken")).isEqualTo("500 java.io.IOException: no such thing\n");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void saysWhatItIsStillWaitingFor(Transport transport) throws Exception {
        start(transport);
        Readiness.Task proxy = readiness.task("proxy");
        Readiness.Task state = readiness.task("state manager");
        assertThat(text("GET", "/healthz/ready"))
                .isEqualTo("500 not ready, pending: proxy, state manager\n");
        proxy.done();
        state.done();
        assertThat(text("GET", "/healthz/ready")).isEqualTo("200 ready\n");
        proxy.pending();
        assertThat(text("GET", "/healthz/ready")).isEqualTo("500 not ready, pending: proxy\n");
        assertThat(text("POST", "/healthz/ready")).startsWith("405 ");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void servesMetricsCompressedIfAsked(Transport transport) throws Exception {
        start(transport);
        assertThat(text("GET", "/metrics")).contains("istio_build{");
        HttpResponse<byte[]> zipped =
                ask(
                        "GET",
                        "/stats/prometheus",
                        "accept-encoding",
                        "gzip",
                        "accept",
                        "application/openmetrics-text");
        assertThat(zipped.headers().firstValue("content-type"))
                .contains("application/openmetrics-text;charset=utf-8;version=1.0.0");
        try (GZIPInputStream in =
                new GZIPInputStream(new java.io.ByteArrayInputStream(zipped.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("istio_build{");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void changesTheLogFilter(Transport transport) throws Exception {
        start(transport);
        assertThat(text("POST", "/logging")).isEqualTo("200 current log level is info\n");
        assertThat(text("POST", "/logging?level=debug"))
                .isEqualTo("200 current log level is debug\n");
        assertThat(text("POST", "/logging?level=access=trace,dns=off"))
                .isEqualTo("200 current log level is debug,access=trace,dns=off\n");
        assertThat(text("POST", "/logging?level=loud"))
                .startsWith("400 Invalid level provided: ")
                .contains("usage:");
        assertThat(text("POST", "/logging?reset&level=warn"))
                .isEqualTo("200 current log level is warn\n");
        assertThat(text("POST", "/logging?level=proxy::inbound:debug,info"))
                .as("as istioctl documents it")
                .isEqualTo("200 current log level is info,proxy::inbound=debug\n");
        assertThat(text("POST", "/logging?level="))
                .as("as istioctl asks")
                .startsWith("200 current log level is ");
        assertThat(text("POST", "/logging?level=proxy::inbound")).startsWith("400 ");
        assertThat(text("GET", "/logging")).startsWith("405 ");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void closesAConnectionThatDoesNotSayWhatItWants(Transport transport) throws Exception {
        start(transport);
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
            silent.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void refusesHeadersThatAreTooLong(Transport transport) throws Exception {
        start(transport);
        assertThat(ask("GET", "/echo", "x-long", "a".repeat(9000)).statusCode()).isEqualTo(431);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void namesTheAddressThatIsTaken(Transport transport) {
        start(transport);
        assertThatThrownBy(
                        () ->
                                AdminServer.bind(
                                        (EventLoops) open.getFirst(),
                                        AdminRoutes.create(),
                                        new InetSocketAddress(
                                                InetAddress.getLoopbackAddress(), port)))
                .hasMessageContaining("cannot listen on")
                .hasMessageContaining(String.valueOf(port));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void servesProfilesOrSaysWhyNot(Transport transport) throws Exception {
        start(transport);
        assertThat(text("GET", "/debug/pprof/profile?seconds=0"))
                .isEqualTo("400 invalid seconds value; expected 1-300\n");
        assertThat(text("GET", "/debug/pprof/profile?frequency=x"))
                .isEqualTo("400 invalid frequency value; expected 1-1000\n");
        assertThat(text("GET", "/debug/pprof/heap")).startsWith("500 heap profiling not active");
        assertThat(text("GET", "/debug/pprof/heap/profiling?activate=yes"))
                .startsWith("400 invalid activate value");
        assertThat(text("GET", "/debug/pprof/heap/profiling?activate=true"))
                .isEqualTo("200 heap profiling active: true\n");
        assertThat(ask("GET", "/debug/pprof/heap").body()).isNotEmpty();
    }

    /** M47: clients that ask and never read hold a bounded part of the memory. */
    @ParameterizedTest
    @MethodSource("transports")
    void refusesMoreWhileTooManyAnswersAreUnread(Transport transport) throws Exception {
        start(transport);
        List<Socket> hanging = new java.util.ArrayList<>();
        String last = "";
        for (int i = 0; i < 8 && !last.startsWith("503"); i++) {
            Socket s = new Socket(InetAddress.getLoopbackAddress(), port);
            open.add(s);
            hanging.add(s);
            s.setSoTimeout(30_000);
            s.getOutputStream()
                    .write(
                            "GET /large HTTP/1.1\r\nhost: x\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            // the first byte of the answer: from now on it counts as unread
            assertThat(s.getInputStream().read()).isEqualTo('H');
            last = text("GET", "/echo?x=1");
        }
        assertThat(last).startsWith("503 busy");
        assertThat(hanging).hasSize(2);
        for (Socket s : hanging) {
            s.close();
        }
    }
}
