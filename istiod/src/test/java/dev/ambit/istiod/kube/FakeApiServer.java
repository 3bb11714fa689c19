package dev.ambit.istiod.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ambit.istiod.resource.RawObject;
import dev.ambit.istiod.testing.MeshYaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * As much of an API server as a source sees of one: lists by pages, watches over plain HTTP, and
 * the faults of real ones at a test's word. A resource is named by its path below the root, as
 * {@code api/v1/pods}; one that is not served is not found.
 */
final class FakeApiServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One change, as a watch tells it. */
    private record Event(long version, String path, String type, Map<String, Object> object) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Map<String, Map<String, Object>>> objects = new HashMap<>();
    private final Set<String> served = new TreeSet<>();
    private final Set<String> held = new TreeSet<>();
    private final List<Event> events = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private long version = 1;
    private long forgottenTo;
    private int generation;
    private boolean closed;

    /** Answers token reviews: request to response. Read by the server's threads. */
    private volatile UnaryOperator<Map<String, Object>> reviews = question -> question;

    /**
     * @param port 0 for any
     */
    FakeApiServer(int port) throws IOException {
        for (ApiKind kind : ApiKind.ALL) {
            if (kind.builtIn()) {
                served.add(path(kind, "v1"));
            }
        }
        served.add(path(ApiKind.DEFINITIONS, "v1"));
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static String path(ApiKind kind, String apiVersion) {
        return (kind.group().isEmpty() ? "api/" : "apis/" + kind.group() + "/")
                + apiVersion
                + "/"
                + kind.plural();
    }

    static ApiKind kind(String name) {
        return ApiKind.ALL.stream().filter(k -> k.kind().equals(name)).findFirst().orElseThrow();
    }

    /** Installs the definition of a kind, and serves it. */
    synchronized void install(String kindName, String apiVersion) {
        ApiKind kind = kind(kindName);
        served.add(path(kind, apiVersion));
        Map<String, Object> definition = new LinkedHashMap<>();
        definition.put("metadata", new LinkedHashMap<>(Map.of("name", kind.definition())));
        definition.put(
                "spec", Map.of("versions", List.of(Map.of("name", apiVersion, "served", true))));
        definition.put(
                "status",
                Map.of("conditions", List.of(Map.of("type", "Established", "status", "True"))));
        store(path(ApiKind.DEFINITIONS, "v1"), kind.definition(), definition);
    }

    /** Takes a definition away with all its objects. */
    synchronized void uninstall(String kindName, String apiVersion) {
        ApiKind kind = kind(kindName);
        drop(path(ApiKind.DEFINITIONS, "v1"), kind.definition());
        served.remove(path(kind, apiVersion));
        objects.remove(path(kind, apiVersion));
        generation++;
        notifyAll();
    }

    /** Stores every document, under its first known version or v1 where that is served. */
    synchronized void apply(String yaml) {
        for (RawObject raw : MeshYaml.raw(yaml)) {
            store(servedPath(raw), key(raw), new LinkedHashMap<>(raw.content()));
        }
    }

    synchronized void delete(String yaml) {
        for (RawObject raw : MeshYaml.raw(yaml)) {
            drop(servedPath(raw), key(raw));
        }
    }

    private static String key(RawObject raw) {
        return raw.id().name().toString();
    }

    private String servedPath(RawObject raw) {
        ApiKind kind = kind(raw.id().kind());
        return kind.versions().stream()
                .map(v -> path(kind, v))
                .filter(served::contains)
                .findFirst()
                .orElseThrow();
    }

    private void store(String path, String key, Map<String, Object> object) {
        version++;
        Map<String, Object> metadata = new LinkedHashMap<>(meta(object));
        metadata.put("resourceVersion", String.valueOf(version));
        object.put("metadata", metadata);
        boolean known =
                objects.computeIfAbsent(path, p -> new TreeMap<>()).put(key, object) != null;
        events.add(new Event(version, path, known ? "MODIFIED" : "ADDED", object));
        notifyAll();
    }

    private void drop(String path, String key) {
        version++;
        Map<String, Object> gone = objects.getOrDefault(path, new HashMap<>()).remove(key);
        if (gone != null) {
            events.add(new Event(version, path, "DELETED", gone));
            notifyAll();
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> meta(Map<String, Object> object) {
        return (Map<String, Object>) object.getOrDefault("metadata", Map.of());
    }

    /** Ends every watch; clients may take up where they were. */
    synchronized void dropWatches() {
        generation++;
        notifyAll();
    }

    /**
     * Ends every watch, changes things, and forgets the changes: whoever asks for what came after
     * an earlier one gets 410.
     */
    synchronized void unwatched(Runnable changes) {
        dropWatches();
        changes.run();
        events.clear();
        forgottenTo = version;
    }

    /** Lists of this kind get no answer until released. */
    synchronized void hold(String kindName) {
        held.add(path(kind(kindName), "v1"));
    }

    synchronized void release() {
        held.clear();
        notifyAll();
    }

    void reviews(UnaryOperator<Map<String, Object>> answer) {
        reviews = answer;
    }

    /** Lists and watches so far, as {@code list api/v1/pods}. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath().substring(1);
            Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
            if ("websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
                exchange.sendResponseHeaders(503, -1);
            } else if (path.endsWith("/tokenreviews")) {
                review(exchange);
            } else if (!serves(path)) {
                send(
                        exchange,
                        404,
                        status(404, "the server could not find the requested resource"));
            } else if ("true".equals(query.get("watch"))) {
                watch(exchange, path, query);
            } else {
                list(exchange, path, query);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean serves(String path) {
        return served.contains(path);
    }

    private void review(HttpExchange exchange) throws IOException {
        try (InputStream body = exchange.getRequestBody()) {
            @SuppressWarnings("unchecked")
            Map<String, Object> question = JSON.readValue(body, Map.class);
            send(exchange, 201, reviews.apply(question));
        }
    }

    private void list(HttpExchange exchange, String path, Map<String, String> query)
            throws IOException, InterruptedException {
        Map<String, Object> answer = new LinkedHashMap<>();
        synchronized (this) {
            requests.add("list " + path);
            while (held.contains(path) && !closed) {
                wait();
            }
            List<Map<String, Object>> all =
                    objects.getOrDefault(path, Map.of()).values().stream()
                            .filter(o -> selected(o, query))
                            .toList();
            int from = Integer.parseInt(query.getOrDefault("continue", "0"));
            int limit = Integer.parseInt(query.getOrDefault("limit", "100000"));
            int to = Math.min(all.size(), from + limit);
            Map<String, Object> metadata = new LinkedHashMap<>();
            metadata.put("resourceVersion", String.valueOf(version));
            if (to < all.size()) {
                metadata.put("continue", String.valueOf(to));
            }
            answer.put("metadata", metadata);
            answer.put("items", all.subList(from, to));
        }
        send(exchange, 200, answer);
    }

    private static boolean selected(Map<String, Object> object, Map<String, String> query) {
        String selector = query.getOrDefault("fieldSelector", "");
        return selector.isEmpty() || selector.equals("metadata.name=" + meta(object).get("name"));
    }

    private void watch(HttpExchange exchange, String path, Map<String, String> query)
            throws IOException, InterruptedException {
        long after = Long.parseLong(query.getOrDefault("resourceVersion", "0"));
        int mine;
        boolean gone;
        synchronized (this) {
            requests.add("watch " + path);
            mine = generation;
            gone = after < forgottenTo;
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        out.flush();
        if (gone) {
            line(out, "ERROR", status(410, "too old resource version"));
            return;
        }
        while (true) {
            List<Event> next;
            synchronized (this) {
                next = since(path, after, query);
                while (next.isEmpty() && mine == generation && !closed) {
                    wait();
                    next = since(path, after, query);
                }
                if (next.isEmpty()) {
                    return;
                }
            }
            for (Event event : next) {
                line(out, event.type(), event.object());
                after = event.version();
            }
        }
    }

    private List<Event> since(String path, long after, Map<String, String> query) {
        return events.stream()
                .filter(e -> e.version() > after && e.path().equals(path))
                .filter(e -> selected(e.object(), query))
                .toList();
    }

    private static void line(OutputStream out, String type, Map<String, Object> object)
            throws IOException {
        out.write(JSON.writeValueAsBytes(Map.of("type", type, "object", object)));
        out.write('\n');
        out.flush();
    }

    private static Map<String, Object> status(int code, String message) {
        return Map.of(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "status",
                "Failure",
                "code",
                code,
                "reason",
                code == 410 ? "Expired" : "NotFound",
                "message",
                message);
    }

    private static void send(HttpExchange exchange, int code, Map<String, Object> body)
            throws IOException {
        byte[] bytes = bytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static byte[] bytes(Map<String, Object> body) throws JsonProcessingException {
        return JSON.writeValueAsBytes(body);
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return query;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
