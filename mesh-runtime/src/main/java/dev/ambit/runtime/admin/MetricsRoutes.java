package dev.ambit.runtime.admin;

import dev.ambit.runtime.metrics.Exposition;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** {@code /metrics} and {@code /stats/prometheus}. */
public final class MetricsRoutes {

    /** Scrapes that are being written at one time; each may hold a large text. */
    private static final int SCRAPES = 2;

    private static final long PATIENCE_SECONDS = 10;

    private MetricsRoutes() {}

    public static Consumer<AdminRoutes> of(MetricsRegistry registry) {
        Semaphore scrapes = new Semaphore(SCRAPES);
        AdminHandler scrape =
                request -> {
                    if (!scrapes.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                        return AdminResponse.text(503, "busy: other scrapes are under way\n");
                    }
                    try {
                        Exposition e = registry.scrape(request.header("accept").orElse(null));
                        return AdminResponse.of(200, e.contentType(), e.body());
                    } finally {
                        scrapes.release();
                    }
                };
        return routes -> routes.get("/metrics", scrape).get("/stats/prometheus", scrape);
    }
}
