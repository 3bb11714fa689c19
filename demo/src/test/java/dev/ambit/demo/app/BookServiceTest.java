package dev.ambit.demo.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.app.HttpCall.Result.Answered;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The parts of the application on loopback, calling each other. */
final class BookServiceTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (HttpServer s : servers) {
            s.close();
        }
    }

    @Test
    void anAnswerHoldsThoseBehindItAndSaysWhichVersionOfReviewsTookPart() throws IOException {
        HttpServer ratings = serve(BookService.ratings(settings("v1", Map.of())));
        HttpServer reviews = serve(BookService.reviews(settings("v2", Map.of("RATINGS", ratings))));
        HttpServer details = serve(BookService.details(settings("v1", Map.of())));
        HttpServer page =
                serve(
                        BookService.productpage(
                                settings("v1", Map.of("REVIEWS", reviews, "DETAILS", details))));

        Answered answer = ask(page);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.message().body()).contains("\"stars\":[5,4]", "\"year\":1595");
        assertThat(answer.message().header(BookService.REVIEWS)).isEqualTo("v2");
        assertThat(answer.message().header(BookService.ERRORS)).isEmpty();
        assertThat(ratings.requests()).isEqualTo(1);
    }

    @Test
    void aFailureBehindIsNamedAndDoesNotFailThePage() throws IOException {
        Map<String, String> failing = new HashMap<>(Map.of("FAIL_PERCENT", "100"));
        HttpServer ratings = serve(BookService.ratings(Settings.of(failing)));
        HttpServer reviews = serve(BookService.reviews(settings("v3", Map.of("RATINGS", ratings))));

        Answered answer = ask(reviews);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.message().header(BookService.ERRORS)).isEqualTo("ratings=503");
    }

    @Test
    void reviewsOfVersionOneAskNobody() throws IOException {
        HttpServer ratings = serve(BookService.ratings(settings("v1", Map.of())));
        HttpServer reviews = serve(BookService.reviews(settings("v1", Map.of("RATINGS", ratings))));

        assertThat(ask(reviews).message().body()).doesNotContain("stars");
        assertThat(ratings.connections()).isZero();
    }

    private HttpServer serve(BookService service) throws IOException {
        HttpServer server = HttpServer.listen(InetAddress.getLoopbackAddress(), 0, service);
        servers.add(server);
        return server;
    }

    private static Settings settings(String version, Map<String, HttpServer> behind) {
        Map<String, String> env = new HashMap<>(Map.of("VERSION", version));
        behind.forEach(
                (name, server) -> {
                    env.put(name + "_SERVICE_HOST", "127.0.0.1");
                    env.put(name + "_SERVICE_PORT", Integer.toString(server.port()));
                });
        return Settings.of(env);
    }

    private static Answered ask(HttpServer server) {
        HttpCall.Result result =
                new HttpCall("127.0.0.1", server.port(), "/x", Map.of(), LIMIT).send();
        assertThat(result).isInstanceOf(Answered.class);
        return (Answered) result;
    }
}
