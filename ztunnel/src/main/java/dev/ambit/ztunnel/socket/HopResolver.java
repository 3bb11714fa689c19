package dev.ambit.ztunnel.socket;

import dev.ambit.policy.l4.Hop;
import io.netty.channel.EventLoop;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds the address of a hop; names are asked of the system's resolver, off the loop. */
public final class HopResolver {

    private final ExecutorService blocking;

    /**
     * @param blocking threads that may wait for DNS
     */
    public HopResolver(ExecutorService blocking) {
        this.blocking = blocking;
    }

    /**
     * Hands over the address on the loop, at once if there is nothing to ask; null if the name has
     * none.
     */
    public void resolve(Hop hop, EventLoop loop, Consumer<@Nullable InetSocketAddress> then) {
        switch (hop) {
            case Hop.At at -> then.accept(at.target().toSocketAddress());
            case Hop.Named named -> {
                try {
                    blocking.execute(
                            () -> {
                                InetSocketAddress found = lookUp(named);
                                loop.execute(() -> then.accept(found));
                            });
                } catch (RejectedExecutionException ending) {
                    then.accept(null);
                }
            }
        }
    }

    private static @Nullable InetSocketAddress lookUp(Hop.Named named) {
        try {
            List<InetAddress> preferred = new ArrayList<>();
            List<InetAddress> others = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(named.hostname())) {
                (address instanceof Inet4Address == named.preferV4() ? preferred : others)
                        .add(address);
            }
            List<InetAddress> candidates = preferred.isEmpty() ? others : preferred;
            int chosen = ThreadLocalRandom.current().nextInt(candidates.size());
            return new InetSocketAddress(candidates.get(chosen), named.port());
        } catch (UnknownHostException none) {
            return null;
        }
    }
}
