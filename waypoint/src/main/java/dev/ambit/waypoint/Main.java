package dev.ambit.waypoint;

import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.linux.ResourceLimits;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.log.Logging;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;

/** {@code proxy waypoint} (or nothing) runs, {@code version} and {@code help} tell. */
public final class Main {

    private static final Log LOG = Log.get("main");

    private static final String HELP =
            """
            usage: waypoint [proxy | version | help]

            Runs the L7 proxy of a namespace in an ambient mesh. Configured by environment variables
            with the names of Istio's node proxy, and GATEWAY_NAME for the Gateway it serves.
            """;

    private Main() {}

    public static void main(String[] arguments) {
        String command = arguments.length == 0 ? "proxy" : arguments[0];
        int exit =
                switch (command) {
                    case "proxy" -> proxy();
                    case "version" -> print("waypoint 0.1.0 (Ambit)\n", 0);
                    case "help" -> print(HELP, 0);
                    default -> print(HELP, 1);
                };
        System.exit(exit);
    }

    private static int proxy() {
        Logging.start();
        EnvReader env = EnvReader.system();
        WaypointConfig config;
        ControlPlaneConfig controlPlane;
        Transport transport;
        try {
            transport = Transport.choose(env);
            controlPlane = ControlPlaneConfig.read(env);
            config = WaypointConfigReader.read(env);
        } catch (ConfigException wrong) {
            return print(wrong.getMessage() + "\n", 2);
        }
        ResourceLimits.raiseOpenFiles();
        LOG.info("running with config", "config", config.toString());
        try (EventLoops loops =
                new EventLoops("waypoint", config.process().workerThreads(), transport)) {
            Drain drain = new Drain(config.process().drainDeadline());
            Lifecycle lifecycle = new Lifecycle("waypoint", drain);
            new Waypoint(config, controlPlane, loops, lifecycle, drain).start();
            return lifecycle.run();
        } catch (ConfigException | IllegalArgumentException wrong) {
            return print(wrong.getMessage() + "\n", 2);
        }
    }

    @SuppressWarnings("SystemOut") // what a person asked for on the command line
    private static int print(String text, int exit) {
        (exit == 0 ? System.out : System.err).print(text);
        return exit;
    }
}
