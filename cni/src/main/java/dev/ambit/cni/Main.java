package dev.ambit.cni;

import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.Transport;
import java.time.Duration;

/** The node agent's process. */
public final class Main {

    private static final Log LOG = Log.get("cni");

    /** Cleaning up a node's pods takes about thirty milliseconds each. */
    private static final Duration GRACE = Duration.ofSeconds(25);

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(EnvReader.system()));
    }

    private static int run(EnvReader env) {
        try {
            CniConfig config = CniConfig.read(env);
            Transport transport = Transport.choose(env);
            env.finish();
            LOG.info("configuration", "config", config.toString(), "transport", transport.name());
            Drain drain = new Drain(GRACE);
            Lifecycle lifecycle = new Lifecycle("cni", drain);
            String version = env.text("ISTIO_META_ISTIO_VERSION", "unknown");
            new NodeAgent(config, transport, drain, lifecycle, version).start();
            return lifecycle.run();
        } catch (ConfigException e) {
            e.problems().forEach(System.err::println);
            return ConfigException.EXIT_CODE;
        } catch (RuntimeException e) {
            LOG.error("AMB1500 node agent did not start", "error", e);
            return 1;
        }
    }
}
