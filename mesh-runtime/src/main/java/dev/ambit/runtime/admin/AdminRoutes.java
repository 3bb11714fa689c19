package dev.ambit.runtime.admin;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The routes of an admin port: exact paths first, then the longest prefix. Built by one thread,
 * then only read.
 */
public final class AdminRoutes {

    private static final String ANY = "*";
    private static final AdminHandler NOT_FOUND =
            request -> AdminResponse.text(404, "not found: " + request.path() + "\n");

    private final Map<String, Map<String, AdminHandler>> exact = new LinkedHashMap<>();
    private final Map<String, AdminHandler> below =
            new TreeMap<>(Comparator.comparingInt(String::length).reversed().thenComparing(p -> p));

    private AdminRoutes() {}

    public static AdminRoutes create() {
        return new AdminRoutes();
    }

    /** GET (and HEAD); other methods get 405. */
    public AdminRoutes get(String path, AdminHandler handler) {
        return add("GET", path, handler);
    }

    /** POST; other methods get 405. */
    public AdminRoutes post(String path, AdminHandler handler) {
        return add("POST", path, handler);
    }

    /** Any method. */
    public AdminRoutes any(String path, AdminHandler handler) {
        return add(ANY, path, handler);
    }

    /** Any GET below a path, for example {@code /debug/}. */
    public AdminRoutes getBelow(String prefix, AdminHandler handler) {
        below.put(prefix, handler);
        return this;
    }

    /** Adds a standard set, for example {@code MetricsRoutes.of(registry)}. */
    public AdminRoutes with(Consumer<AdminRoutes> set) {
        set.accept(this);
        return this;
    }

    private AdminRoutes add(String method, String path, AdminHandler handler) {
        AdminHandler before =
                exact.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(method, handler);
        if (before != null) {
            throw new IllegalStateException(method + " " + path + ": two handlers (expected: one)");
        }
        return this;
    }

    /** The handler of a request; answers 404 and 405 itself. */
    AdminHandler find(String method, String path) {
        String asked = method.equals("HEAD") ? "GET" : method;
        Map<String, AdminHandler> methods = exact.get(path);
        if (methods != null) {
            @Nullable AdminHandler handler = methods.getOrDefault(asked, methods.get(ANY));
            return handler != null ? handler : notAllowed(String.join(", ", methods.keySet()));
        }
        for (Map.Entry<String, AdminHandler> b : below.entrySet()) {
            if (path.startsWith(b.getKey())) {
                return asked.equals("GET") ? b.getValue() : notAllowed("GET");
            }
        }
        return NOT_FOUND;
    }

    private static AdminHandler notAllowed(String allowed) {
        return request ->
                AdminResponse.text(405, "method not allowed (expected: " + allowed + ")\n")
                        .header("Allow", allowed);
    }
}
