package dev.ambit.istiod;

import dev.ambit.identity.ca.CaProblem;
import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.linux.ResourceLimits;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import java.util.List;

/**
 * The control plane as a process: {@code istiod [discovery] [--grpcAddr=...] [--secureGRPCAddr=...]
 * [--monitoringAddr=...] [--httpAddr=...]}, the rest by environment ({@link IstiodConfig}). Exit
 * codes: 0 asked to end, 1 something failed, 2 configuration.
 */
public final class Main {
    private static final Log LOG = Log.get("istiod");

    /** The mesh on one, connections on the other. */
    private static final int LOOPS = 2;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        if (arguments.equals(List.of("version"))) {
            return print("istiod " + Istiod.VERSION + " (Ambit)\n", 0);
        }
        EnvReader env = EnvReader.system();
        IstiodConfig config;
        Transport transport;
        try {
            transport = Transport.choose(env);
            config = IstiodConfig.read(env, arguments);
            env.finish();
        } catch (ConfigException e) {
            return print(e.getMessage() + "\n", ConfigException.EXIT_CODE);
        }
        ResourceLimits.raiseOpenFiles();
        LOG.info("running with config", config.described());
        try (EventLoops loops = new EventLoops("istiod", LOOPS, transport)) {
            Lifecycle lifecycle = new Lifecycle("istiod", new Drain(config.shutdownGrace()));
            new Istiod(config, loops, lifecycle).start();
            return lifecycle.run();
        } catch (CaProblem e) {
            return print(e.getMessage() + "\n", ConfigException.EXIT_CODE);
        }
    }

    @SuppressWarnings("SystemOut") // what a person asked for on the command line
    private static int print(String text, int exit) {
        (exit == 0 ? System.out : System.err).print(text);
        return exit;
    }
}
