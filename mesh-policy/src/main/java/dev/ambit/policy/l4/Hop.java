package dev.ambit.policy.l4;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;

/** Where the next TCP connection goes. Its text is {@code address:port} or {@code name:port}. */
public sealed interface Hop {

    int port();

    Hop withPort(int port);

    static Hop at(IpAddress address, int port) {
        return new At(new IpPort(address, port));
    }

    /** To an address. */
    record At(IpPort target) implements Hop {
        @Override
        public int port() {
            return target.port();
        }

        @Override
        public Hop withPort(int port) {
            return at(target.address(), port);
        }

        @Override
        public String toString() {
            return target.toString();
        }
    }

    /** To a name, resolved by the system's DNS; an address of the preferred family goes first. */
    record Named(String hostname, int port, boolean preferV4) implements Hop {
        @Override
        public Hop withPort(int port) {
            return new Named(hostname, port, preferV4);
        }

        @Override
        public String toString() {
            return hostname + ":" + port;
        }
    }
}
