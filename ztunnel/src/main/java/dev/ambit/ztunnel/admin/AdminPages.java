package dev.ambit.ztunnel.admin;

import dev.ambit.runtime.admin.AdminResponse;
import dev.ambit.runtime.admin.AdminRoutes;
import dev.ambit.runtime.admin.LoggingRoutes;

/** The routes of port 15000. What changes something is asked for by POST only. */
public final class AdminPages {

    private static final String INDEX =
            """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>ztunnel</title></head>
            <body>
            <h1>ztunnel</h1>
            <ul>
            <li><a href="config_dump">config_dump</a>: workloads, services, policies, certificates, configuration</li>
            <li><a href="explain">explain</a>: what would become of a connection and why, for example ?src=namespace/pod&amp;dst=host:port&amp;format=text</li>
            <li>POST logging: show or change the log level, for example ?level=debug or ?level=access=debug</li>
            <li>POST quitquitquit: drain and end</li>
            </ul>
            </body>
            </html>
            """;

    private AdminPages() {}

    /**
     * @param quit drains and ends the process
     */
    public static AdminRoutes routes(ConfigDump dump, ExplainPage explain, Runnable quit) {
        return AdminRoutes.create()
                .any("/", request -> AdminResponse.html(INDEX))
                .any("/config_dump", request -> AdminResponse.json(dump.json()))
                .get("/explain", explain::answer)
                .with(LoggingRoutes.standard())
                .post(
                        "/quitquitquit",
                        request -> {
                            quit.run();
                            return AdminResponse.text("shutdown now\n");
                        });
    }
}
