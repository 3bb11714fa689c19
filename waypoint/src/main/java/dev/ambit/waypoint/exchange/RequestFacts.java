package dev.ambit.waypoint.exchange;

import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.l7.HttpFacts;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as policy and routing see it: over the very head that is sent on. */
record RequestFacts(ConnectionFacts connection, HttpRequest head, String path, String query)
        implements HttpFacts {

    /** The head's URI is normalised already. */
    static RequestFacts of(ConnectionFacts connection, HttpRequest head) {
        String uri = head.uri();
        int question = uri.indexOf('?');
        return question < 0
                ? new RequestFacts(connection, head, uri, "")
                : new RequestFacts(
                        connection, head, uri.substring(0, question), uri.substring(question + 1));
    }

    @Override
    public String method() {
        return head.method().name();
    }

    @Override
    public String authority() {
        @Nullable String host = head.headers().get(HttpHeaderNames.HOST);
        return host == null ? "" : host;
    }

    @Override
    public List<String> headers(String lowerCaseName) {
        return head.headers().getAll(lowerCaseName);
    }
}
