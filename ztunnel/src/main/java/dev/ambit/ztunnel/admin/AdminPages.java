package dev.ambit.ztunnel.admin;

import dev.ambit.runtime.admin.AdminResponse;
import dev.ambit.runtime.admin.AdminRoutes;
import dev.ambit.runtime.admin.LoggingRoutes;
import dev.ambit.runtime.admin.ProfileRoutes;

/** The routes of port 15000. What changes something is asked for by POST only. */
public final class AdminPages {

    private static final String INDEX =
            """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>ztunnel</title></head>
            <body>
            <h1>ztunnel</h1>
            <table>
            <tr><td><a href="debug/pprof/profile">debug/pprof/profile</a></td><td>capture a CPU profile; params: seconds (1-300, default 10), frequency in Hz (1-1000, default 100)</td></tr>
            <tr><td><a href="debug/pprof/heap">debug/pprof/heap</a></td><td>live objects of the heap by class, once activated</td></tr>
            <tr><td><a href="debug/pprof/heap/profiling">debug/pprof/heap/profiling</a></td><td>query or toggle heap profiling with ?activate=true|false; a heap profile stops the process for a garbage collection</td></tr>
            <tr><td>POST quitquitquit</td><td>drain and shut down</td></tr>
            <tr><td><a href="config_dump">config_dump</a></td><td>workloads, services, policies, certificates, open connections, configuration</td></tr>
            <tr><td><a href="explain">explain</a></td><td>what would become of a connection and why, for example ?src=namespace/pod&amp;dst=host:port&amp;format=text</td></tr>
            <tr><td>POST logging</td><td>show or change the log level, for example ?level=debug or ?level=access=debug; ?reset goes back</td></tr>
            </table>
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
                .with(ProfileRoutes.standard())
                .post(
                        "/quitquitquit",
                        request -> {
                            quit.run();
                            return AdminResponse.text("shutdown now\n");
                        });
    }
}
