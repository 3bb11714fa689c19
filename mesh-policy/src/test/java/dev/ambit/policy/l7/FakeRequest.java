package dev.ambit.policy.l7;

import dev.ambit.api.IpPort;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A request made in a line. */
record FakeRequest(
        ConnectionFacts connection,
        String method,
        String authority,
        String path,
        String query,
        Map<String, List<String>> allHeaders)
        implements HttpFacts {

    static FakeRequest get(String target) {
        int question = target.indexOf('?');
        return new FakeRequest(
                new ConnectionFacts(
                        SpiffeId.of("cluster.local", "web", "client"),
                        IpPort.parse("10.0.0.1:40000"),
                        IpPort.parse("10.1.0.1:80")),
                "GET",
                "shop.example",
                question < 0 ? target : target.substring(0, question),
                question < 0 ? "" : target.substring(question + 1),
                Map.of());
    }

    FakeRequest method(String value) {
        return new FakeRequest(connection, value, authority, path, query, allHeaders);
    }

    FakeRequest host(String value) {
        return new FakeRequest(connection, method, value, path, query, allHeaders);
    }

    FakeRequest header(String name, String value) {
        Map<String, List<String>> more = new HashMap<>(allHeaders);
        List<String> values =
                new ArrayList<>(more.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
        values.add(value);
        more.put(name.toLowerCase(Locale.ROOT), values);
        return new FakeRequest(connection, method, authority, path, query, more);
    }

    FakeRequest over(ConnectionFacts other) {
        return new FakeRequest(other, method, authority, path, query, allHeaders);
    }

    @Override
    public List<String> headers(String lowerCaseName) {
        return allHeaders.getOrDefault(lowerCaseName, List.of());
    }
}
