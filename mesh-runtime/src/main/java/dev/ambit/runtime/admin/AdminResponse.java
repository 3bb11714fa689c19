package dev.ambit.runtime.admin;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An answer of an admin port. */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
public record AdminResponse(
        int status, String contentType, byte[] body, Map<String, String> headers) {

    private static final String TEXT = "text/plain; charset=utf-8";

    public AdminResponse {
        headers = Map.copyOf(headers);
    }

    public static AdminResponse text(String text) {
        return text(200, text);
    }

    public static AdminResponse text(int status, String text) {
        return of(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public static AdminResponse json(String json) {
        return of(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    public static AdminResponse html(String html) {
        return of(200, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
    }

    public static AdminResponse of(int status, String contentType, byte[] body) {
        return new AdminResponse(status, contentType, body, Map.of());
    }

    /** The same answer with one more header. */
    public AdminResponse header(String name, String value) {
        Map<String, String> more = new java.util.TreeMap<>(headers);
        more.put(name, value);
        return new AdminResponse(status, contentType, body, more);
    }
}
