package dev.ambit.demo.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * One of the four services of the book page. Calls those behind it, puts their answers into its own
 * and hands on the headers by which traces are joined. A failure behind it does not fail the page:
 * it is named in the answer's {@value #ERRORS} header.
 */
final class BookService implements HttpServer.Handler {

    /** Comma-separated {@code service=reason} of all calls below that failed. */
    static final String ERRORS = "x-demo-errors";

    /** Version of reviews that took part. */
    static final String REVIEWS = "x-demo-reviews";

    private static final Duration CALL_LIMIT = Duration.ofSeconds(5);

    /** Handed from request to request: W3C, B3 and the id proxies give. */
    private static final List<String> HANDED_ON =
            List.of(
                    "x-request-id",
                    "traceparent",
                    "tracestate",
                    "baggage",
                    "b3",
                    "x-b3-traceid",
                    "x-b3-spanid",
                    "x-b3-parentspanid",
                    "x-b3-sampled",
                    "x-b3-flags",
                    "end-user",
                    "user-agent");

    private final String app;
    private final String content;
    private final List<String> behind;
    private final Settings settings;
    private final LongAdder failed = new LongAdder();

    private BookService(String app, String content, List<String> behind, Settings settings) {
        this.app = app;
        this.content = content;
        this.behind = behind;
        this.settings = settings;
    }

    static BookService productpage(Settings s) {
        return new BookService(
                "productpage",
                "\"title\":\"The Comedy of Errors\"",
                List.of("details", "reviews"),
                s);
    }

    static BookService details(Settings s) {
        return new BookService(
                "details",
                "\"author\":\"William Shakespeare\",\"year\":1595,\"pages\":200",
                List.of(),
                s);
    }

    /** Version v1 shows no stars, so it asks nobody for them. */
    static BookService reviews(Settings s) {
        return new BookService(
                "reviews",
                "\"text\":\"An extremely entertaining play\"",
                s.version().equals("v1") ? List.of() : List.of("ratings"),
                s);
    }

    static BookService ratings(Settings s) {
        return new BookService("ratings", "\"stars\":[5,4]", List.of(), s);
    }

    /** Answers given with 503 on purpose. */
    long failed() {
        return failed.sum();
    }

    @Override
    public HttpServer.Answer answer(HttpMessage request) {
        if (request.second().equals("/healthz")) {
            return HttpServer.Answer.text(200, "ok");
        }
        if (settings.hang()) {
            hang();
        }
        if (ThreadLocalRandom.current().nextInt(100) < settings.failPercent()) {
            failed.increment();
            return HttpServer.Answer.text(503, app + " fails on purpose");
        }
        Map<String, String> handedOn = new TreeMap<>();
        for (String name : HANDED_ON) {
            if (!request.header(name).isEmpty()) {
                handedOn.put(name, request.header(name));
            }
        }
        StringBuilder json = new StringBuilder(200).append('{');
        json.append("\"app\":\"").append(app).append("\",\"version\":\"");
        json.append(settings.version()).append("\",\"pod\":\"").append(settings.pod());
        json.append("\",").append(content);
        Map<String, String> headers = new TreeMap<>(Map.of("content-type", "application/json"));
        List<String> errors = new ArrayList<>();
        if (app.equals("reviews")) {
            headers.put(REVIEWS, settings.version());
        }
        for (String service : behind) {
            json.append(",\"").append(service).append("\":");
            json.append(call(service, handedOn, headers, errors));
        }
        if (!errors.isEmpty()) {
            headers.put(ERRORS, String.join(",", errors));
        }
        return new HttpServer.Answer(200, headers, json.append('}').toString());
    }

    private String call(
            String service,
            Map<String, String> handedOn,
            Map<String, String> headers,
            List<String> errors) {
        HttpCall.Result result =
                new HttpCall(
                                settings.host(service),
                                settings.port(service),
                                "/" + service + "/0",
                                handedOn,
                                CALL_LIMIT)
                        .send();
        if (result instanceof HttpCall.Result.Answered a && result.succeeded()) {
            if (!a.message().header(ERRORS).isEmpty()) {
                errors.add(a.message().header(ERRORS));
            }
            if (!a.message().header(REVIEWS).isEmpty()) {
                headers.put(REVIEWS, a.message().header(REVIEWS));
            }
            return a.message().body();
        }
        errors.add(service + "=" + result.summary());
        return "{\"error\":\"" + result.summary() + "\"}";
    }

    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
