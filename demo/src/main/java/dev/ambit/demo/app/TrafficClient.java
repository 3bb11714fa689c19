package dev.ambit.demo.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks for the book page at a steady rate, whatever the answers do (an open loop: a slow answer
 * does not slow the next question), and keeps what came of it.
 *
 * <p>Its controls, on the control port: {@code /records?since=<ms>} of requests that have ended,
 * {@code /under-way?before=<ms>} counts the others, {@code /rate?rps=<n>}, and {@code
 * /call?host=…&port=…&path=…&count=<n>}, which asks another address and says what happened.
 */
final class TrafficClient implements HttpServer.Handler {

    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(3);
    private static final int MOST_AT_ONCE = 256;
    private static final int MOST_CALLS = 1000;
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int WARM_PAGES = 20;
    private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Settings settings;
    private final Records records = new Records();
    private final AtomicLong lastId = new AtomicLong();

    /** When each request without an answer yet was sent. */
    private final Map<Long, Long> underWay = new ConcurrentHashMap<>();

    private final Semaphore free = new Semaphore(MOST_AT_ONCE);

    /** Read by the pacing thread, set by the control port. */
    private volatile int rate;

    TrafficClient(Settings settings) {
        this.settings = settings;
        this.rate = settings.rate();
    }

    /** Paces requests until stopped. */
    void run(CountDownLatch stop) throws InterruptedException {
        awaitPage(stop);
        long next = System.nanoTime();
        while (true) {
            int perSecond = rate;
            long now = System.nanoTime();
            next = perSecond == 0 ? now + IDLE_NANOS : next + 1_000_000_000L / perSecond;
            if (next < now) {
                // Asleep for long, as when the machine was suspended: do not make up for it.
                next = now;
            }
            if (stop.await(next - now, TimeUnit.NANOSECONDS)) {
                return;
            }
            if (perSecond > 0) {
                send();
            }
        }
    }

    /**
     * The page may be on its way up as this client is, and everything behind it is cold: nothing
     * counts until it was answered, one request after the other for a while.
     */
    private void awaitPage(CountDownLatch stop) throws InterruptedException {
        long warmUntil = Long.MAX_VALUE;
        for (int answered = 0; rate > 0 && answered < WARM_PAGES; ) {
            if (page().send().succeeded()) {
                if (answered++ == 0) {
                    warmUntil = System.nanoTime() + WARM_NANOS;
                }
            } else if (stop.await(IDLE_NANOS, TimeUnit.NANOSECONDS)) {
                return;
            }
            if (System.nanoTime() > warmUntil) {
                return;
            }
        }
    }

    @Override
    public HttpServer.Answer answer(HttpMessage request) {
        String[] target = request.second().split("\\?", 2);
        Map<String, String> query = query(target.length > 1 ? target[1] : "");
        return switch (target[0]) {
            case "/records" ->
                    HttpServer.Answer.text(
                            200, records.since(Long.parseLong(query.getOrDefault("since", "0"))));
            case "/under-way" -> {
                long before = Long.parseLong(query.getOrDefault("before", "0"));
                yield HttpServer.Answer.text(
                        200,
                        underWay.values().stream().filter(sent -> sent < before).count() + "\n");
            }
            case "/rate" -> {
                rate = Integer.parseInt(query.getOrDefault("rps", "0"));
                yield HttpServer.Answer.text(200, "rate " + rate + "\n");
            }
            case "/call" -> HttpServer.Answer.text(200, call(query));
            case "/healthz" -> HttpServer.Answer.text(200, "ok\n");
            default -> HttpServer.Answer.text(404, "not here: " + target[0] + "\n");
        };
    }

    private void send() {
        long sentMillis = System.currentTimeMillis();
        if (!free.tryAcquire()) {
            records.add(new Records.Entry(sentMillis, 0, "client-overload", "-", "-"));
            return;
        }
        long id = lastId.incrementAndGet();
        underWay.put(id, sentMillis);
        Thread.startVirtualThread(
                () -> {
                    long start = System.nanoTime();
                    try {
                        HttpCall.Result result = page().send();
                        records.add(entry(sentMillis, (System.nanoTime() - start) / 1000, result));
                    } finally {
                        underWay.remove(id);
                        free.release();
                    }
                });
    }

    private HttpCall page() {
        return new HttpCall(
                settings.host("productpage"),
                settings.port("productpage"),
                "/productpage",
                Map.of("user-agent", "ambit-demo", "x-request-id", UUID.randomUUID().toString()),
                REQUEST_LIMIT);
    }

    private static Records.Entry entry(long sentMillis, long micros, HttpCall.Result result) {
        String reviews = "";
        String errors = "";
        if (result instanceof HttpCall.Result.Answered a) {
            reviews = a.message().header(BookService.REVIEWS);
            errors = a.message().header(BookService.ERRORS);
        }
        return new Records.Entry(
                sentMillis, micros, result.summary(), orDash(reviews), orDash(errors));
    }

    /** Asks one after the other; a line each: result and microseconds. */
    private static String call(Map<String, String> query) {
        int count = Math.min(MOST_CALLS, Integer.parseInt(query.getOrDefault("count", "1")));
        HttpCall call =
                new HttpCall(
                        query.getOrDefault("host", "127.0.0.1"),
                        Integer.parseInt(query.getOrDefault("port", "9080")),
                        query.getOrDefault("path", "/"),
                        Map.of("user-agent", "ambit-demo"),
                        CALL_LIMIT);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            lines.add(call.send().summary() + " " + (System.nanoTime() - start) / 1000);
        }
        return String.join("\n", lines) + "\n";
    }

    private static Map<String, String> query(String text) {
        Map<String, String> all = new HashMap<>();
        for (String pair : text.split("&")) {
            int eq = pair.indexOf('=');
            if (eq > 0) {
                all.put(pair.substring(0, eq), pair.substring(eq + 1));
            }
        }
        return all;
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text.replace(' ', '_');
    }
}
