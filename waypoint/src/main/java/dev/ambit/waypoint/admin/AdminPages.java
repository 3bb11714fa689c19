package dev.ambit.waypoint.admin;

import dev.ambit.runtime.admin.AdminResponse;
import dev.ambit.runtime.admin.AdminRoutes;
import dev.ambit.runtime.admin.LoggingRoutes;
import dev.ambit.runtime.admin.Readiness;

/** The routes of port 15000. What changes something is asked for by POST only. */
public final class AdminPages {

    private static final String INDEX =
            """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>waypoint</title></head>
            <body>
            <h1>waypoint</h1>
            <ul>
            <li><a href="config_dump">config_dump</a>: services, routes, policies, workloads, certificate</li>
            <li><a href="ready">ready</a>: LIVE once it may serve</li>
            <li>POST logging: show or change the log level, for example ?level=debug</li>
            <li>POST quitquitquit: drain and end</li>
            </ul>
            </body>
            </html>
            """;

    private static final int UNAVAILABLE = 503;

    private AdminPages() {}

    /**
     * @param quit drains and ends the process
     */
    public static AdminRoutes routes(ConfigDump dump, Readiness readiness, Runnable quit) {
        return AdminRoutes.create()
                .any("/", request -> AdminResponse.html(INDEX))
                .any("/config_dump", request -> AdminResponse.json(dump.json()))
                .any("/ready", request -> ready(readiness))
                .with(LoggingRoutes.standard())
                .post(
                        "/quitquitquit",
                        request -> {
                            quit.run();
                            return AdminResponse.text("shutdown now\n");
                        });
    }

    /** In Envoy's words, which probes of waypoints know. */
    private static AdminResponse ready(Readiness readiness) {
        return readiness.ready()
                ? AdminResponse.text("LIVE\n")
                : AdminResponse.text(UNAVAILABLE, "PRE_INITIALIZING\n");
    }
}
