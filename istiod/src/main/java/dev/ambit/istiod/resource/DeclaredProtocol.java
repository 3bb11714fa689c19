package dev.ambit.istiod.resource;

import java.util.Locale;

/** What a port is declared to speak, by {@code appProtocol} or by the beginning of its name. */
public enum DeclaredProtocol {
    UNKNOWN,
    HTTP,
    HTTP2,
    GRPC,
    TCP,
    TLS;

    /** The application protocol wins; {@code http-web} is HTTP by its name. */
    public static DeclaredProtocol of(String appProtocol, String portName) {
        if (!appProtocol.isEmpty()) {
            return named(appProtocol.toLowerCase(Locale.ROOT));
        }
        String name = portName.toLowerCase(Locale.ROOT);
        if (name.startsWith("grpc-web")) {
            return HTTP;
        }
        int dash = name.indexOf('-');
        return named(dash < 0 ? name : name.substring(0, dash));
    }

    private static DeclaredProtocol named(String text) {
        return switch (text) {
            case "http", "ws", "kubernetes.io/ws", "grpc-web" -> HTTP;
            case "http2", "kubernetes.io/h2c" -> HTTP2;
            case "grpc" -> GRPC;
            case "https", "tls", "wss", "kubernetes.io/wss" -> TLS;
            case "tcp", "mongo", "mysql", "redis" -> TCP;
            default -> UNKNOWN;
        };
    }
}
