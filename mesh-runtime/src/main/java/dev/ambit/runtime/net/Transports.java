package dev.ambit.runtime.net;

import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.log.Logging;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which transport this machine has, and which is taken. */
final class Transports {

    private static final Log LOG = Log.get("net");
    private static final List<String> NAMES = List.of("io_uring", "epoll", "nio");

    private Transports() {}

    static Transport choose(EnvReader env) {
        Logging.start();
        String wish = env.text("AMBIT_TRANSPORT", "auto").toLowerCase(Locale.ROOT);
        if (env.text("AMBIT_HANDOVER").isPresent()) {
            return adopting(env, wish);
        }
        if (wish.equals("auto")) {
            return best();
        }
        if (!NAMES.contains(wish)) {
            env.problem("AMBIT_TRANSPORT", wish, "auto, io_uring, epoll or nio");
            return best();
        }
        Throwable missing = missing(wish);
        if (missing != null) {
            env.problem(
                    "AMBIT_TRANSPORT",
                    wish,
                    "a transport of this machine: " + missing.getMessage());
            return best();
        }
        return make(wish);
    }

    /**
     * One that can pass its sockets on to the next process, and take in those of the one before.
     */
    private static Transport adopting(EnvReader env, String wish) {
        if (!wish.equals("auto") && !wish.equals("epoll")) {
            env.problem("AMBIT_TRANSPORT", wish, "auto or epoll, because AMBIT_HANDOVER is set");
        } else if (missing("epoll") != null) {
            env.problem("AMBIT_HANDOVER", "set", "a machine with epoll: " + missing("epoll"));
        } else {
            LOG.info("sockets can be handed over", "transport", "epoll");
            return make("epoll");
        }
        return best();
    }

    /**
     * io_uring costs least for small requests and is equal for bulk; containers often forbid it.
     */
    private static Transport best() {
        for (String name : NAMES) {
            Throwable missing = missing(name);
            if (missing == null) {
                return make(name);
            }
            LOG.debug("transport not available", "name", name, "reason", missing);
        }
        return new Nio();
    }

    static @Nullable Throwable missing(String name) {
        return switch (name) {
            case "io_uring" -> io.netty.channel.uring.IoUring.unavailabilityCause();
            case "epoll" -> io.netty.channel.epoll.Epoll.unavailabilityCause();
            default -> null;
        };
    }

    private static Transport make(String name) {
        return switch (name) {
            case "io_uring" -> new IoUring();
            case "epoll" -> new Epoll();
            default -> new Nio();
        };
    }

    static List<Transport> available() {
        Logging.start();
        return NAMES.stream().filter(n -> missing(n) == null).map(Transports::make).toList();
    }
}
