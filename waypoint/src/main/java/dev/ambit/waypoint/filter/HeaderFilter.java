package dev.ambit.waypoint.filter;

import dev.ambit.api.waypoint.HeaderChange;
import dev.ambit.api.waypoint.RouteFilter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Changes headers as routes say. Framing and connection headers are ours and stay as they are. */
public final class HeaderFilter {

    private static final Set<String> OURS =
            Set.of(
                    HttpHeaderNames.CONTENT_LENGTH.toString(),
                    HttpHeaderNames.TRANSFER_ENCODING.toString(),
                    HttpHeaderNames.CONNECTION.toString(),
                    HttpHeaderNames.UPGRADE.toString());

    private HeaderFilter() {}

    /** On the way to the backend, in the order of the filters. */
    public static void request(List<RouteFilter> filters, HttpHeaders headers) {
        for (RouteFilter filter : filters) {
            if (filter instanceof RouteFilter.RequestHeaders change) {
                apply(change.change(), headers);
            }
        }
    }

    /** On the way back, in the order of the filters. */
    public static void response(List<RouteFilter> filters, HttpHeaders headers) {
        for (RouteFilter filter : filters) {
            if (filter instanceof RouteFilter.ResponseHeaders change) {
                apply(change.change(), headers);
            }
        }
    }

    private static void apply(HeaderChange change, HttpHeaders headers) {
        for (HeaderChange.Header header : change.set()) {
            if (changeable(header.name())) {
                headers.set(header.name(), header.value());
            }
        }
        for (HeaderChange.Header header : change.add()) {
            if (changeable(header.name())) {
                headers.add(header.name(), header.value());
            }
        }
        for (String name : change.remove()) {
            if (changeable(name) && !HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)) {
                headers.remove(name);
            }
        }
    }

    private static boolean changeable(String name) {
        return !name.startsWith(":") && !OURS.contains(name.toLowerCase(Locale.ROOT));
    }
}
