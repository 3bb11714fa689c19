package dev.ambit.runtime.admin;

import dev.ambit.runtime.metrics.Exposition;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.function.Consumer;

/** {@code /metrics} and {@code /stats/prometheus}. */
public final class MetricsRoutes {

    private MetricsRoutes() {}

    public static Consumer<AdminRoutes> of(MetricsRegistry registry) {
        AdminHandler scrape =
                request -> {
                    Exposition e = registry.scrape(request.header("accept").orElse(null));
                    return AdminResponse.of(200, e.contentType(), e.body());
                };
        return routes -> routes.get("/metrics", scrape).get("/stats/prometheus", scrape);
    }
}
