package dev.ambit.policy.l7;

import dev.ambit.api.IpAddress;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import org.jspecify.annotations.Nullable;

/**
 * What the policies are asked about, with the strings they compare made once. Without a request it
 * is a connection that does not speak HTTP.
 */
final class RequestView {

    private final ConnectionFacts connection;
    private final @Nullable HttpFacts request;
    private final String principal;
    private final String account;
    private @Nullable String host;
    private @Nullable String plainPath;

    RequestView(ConnectionFacts connection, @Nullable HttpFacts request) {
        this.connection = connection;
        this.request = request;
        SpiffeId identity = connection.identity();
        principal = identity == null ? "" : identity.principal();
        account = identity == null ? "" : identity.namespace() + "/" + identity.serviceAccount();
    }

    /** Null where nothing is known about HTTP. */
    @Nullable HttpFacts request() {
        return request;
    }

    boolean hasIdentity() {
        return connection.identity() != null;
    }

    String principal() {
        return principal;
    }

    String account() {
        return account;
    }

    String namespace() {
        return connection.sourceNamespace();
    }

    String trustDomain() {
        SpiffeId identity = connection.identity();
        return identity == null ? "" : identity.trustDomain().name();
    }

    IpAddress source() {
        return connection.source().address();
    }

    IpAddress destination() {
        return connection.destination().address();
    }

    int port() {
        return connection.destination().port();
    }

    /** The authority without port, in lower case. */
    String host(HttpFacts http) {
        String known = host;
        if (known == null) {
            known = Hosts.name(http.authority());
            host = known;
        }
        return known;
    }

    /** The path as a backend reads it that drops parameters: {@code /a;x=1/b} is {@code /a/b}. */
    String plainPath(HttpFacts http) {
        String known = plainPath;
        if (known == null) {
            known = withoutParameters(http.path());
            plainPath = known;
        }
        return known;
    }

    private static String withoutParameters(String path) {
        if (path.indexOf(';') < 0) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        boolean parameter = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            parameter = c == ';' || (parameter && c != '/');
            if (!parameter) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
