package dev.ambit.ztunnel.socket;

import dev.ambit.api.IpAddress;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds an address for a host name as a lookup of the pod would. */
@FunctionalInterface
public interface HostResolver {

    /** Hands over the address on the loop; null if the name has none. */
    void resolve(String hostname, EventLoop loop, Consumer<@Nullable IpAddress> then);
}
