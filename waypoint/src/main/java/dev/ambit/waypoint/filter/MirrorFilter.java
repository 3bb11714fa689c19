package dev.ambit.waypoint.filter;

import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.RouteFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which copies of a request are sent, and under which name. Sending is the exchange's matter. */
public final class MirrorFilter {

    private MirrorFilter() {}

    /** Where copies of this request go; mostly nowhere. */
    public static List<BackendRef.ToService> chosen(
            List<RouteFilter> filters, RandomGenerator random) {
        @Nullable List<BackendRef.ToService> found = null;
        for (RouteFilter filter : filters) {
            if (filter instanceof RouteFilter.Mirror mirror
                    && mirror.backend() instanceof BackendRef.ToService service
                    && falls(mirror.millionths(), random)) {
                if (found == null) {
                    found = new ArrayList<>(1);
                }
                found.add(service);
            }
        }
        return found == null ? List.of() : found;
    }

    private static boolean falls(int millionths, RandomGenerator random) {
        return millionths >= RouteFilter.Mirror.ALL
                || (millionths > 0 && random.nextInt(RouteFilter.Mirror.ALL) < millionths);
    }

    /** The host name of a copy, by which its receiver can tell it apart (as Envoy writes it). */
    public static String shadowHost(String host) {
        int colon = host.lastIndexOf(':');
        boolean port = colon > 0 && host.indexOf(']', colon) < 0;
        return port
                ? host.substring(0, colon) + "-shadow" + host.substring(colon)
                : host + "-shadow";
    }
}
