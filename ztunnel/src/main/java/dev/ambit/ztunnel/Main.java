package dev.ambit.ztunnel;

import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.linux.ResourceLimits;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import dev.ambit.ztunnel.handover.HandoverConfig;
import java.time.Duration;

/** {@code proxy} (or nothing) runs, {@code version} and {@code help} tell. */
public final class Main {

    private static final Log LOG = Log.get("main");

    private static final String HELP =
            """
            usage: ztunnel [proxy | version | help]

            Runs the node's L4 proxy of an ambient mesh. Configured by environment variables with the
            names and defaults of Istio's ztunnel.
            """;

    private Main() {}

    public static void main(String[] arguments) {
        String command = arguments.length == 0 ? "proxy" : arguments[0];
        int exit =
                switch (command) {
                    case "proxy" -> proxy(String.join(" ", arguments));
                    case "version" -> print("ztunnel 0.1.0 (Ambit)\n", 0);
                    case "help" -> print(HELP, 0);
                    default -> print(HELP, 1);
                };
        System.exit(exit);
    }

    private static int proxy(String arguments) {
        EnvReader env = EnvReader.system();
        ZtunnelConfig config;
        Transport transport;
        try {
            transport = Transport.choose(env);
            config = ZtunnelConfigReader.read(env, ProxyConfigFile.MESH_CONFIG, arguments);
        } catch (ConfigException wrong) {
            return print(wrong.getMessage() + "\n", 2);
        }
        ResourceLimits.raiseOpenFiles();
        LOG.info("running with config", "config", ConfigView.of(config).toString());
        try (EventLoops loops =
                new EventLoops("ztunnel", config.process().workerThreads(), transport)) {
            Lifecycle lifecycle = new Lifecycle("ztunnel", new Drain(grace(config)));
            new Ztunnel(config, loops, lifecycle).start();
            return lifecycle.run();
        } catch (ConfigException | IllegalArgumentException wrong) {
            return print(wrong.getMessage() + "\n", 2);
        }
    }

    /** Only a process that has been taken over from has something to wait for. */
    private static Duration grace(ZtunnelConfig config) {
        HandoverConfig handover = config.process().handover();
        return handover == null ? config.process().drainDeadline() : handover.linger();
    }

    @SuppressWarnings("SystemOut") // what a person asked for on the command line
    private static int print(String text, int exit) {
        (exit == 0 ? System.out : System.err).print(text);
        return exit;
    }
}
