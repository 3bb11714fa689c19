package dev.ambit.hbone.server;

/** Answers CONNECT requests. */
@FunctionalInterface
public interface ConnectHandler {
    /**
     * A peer asks for a tunnel. Called on the connection's loop; answer at once or later, there.
     */
    void connect(InboundConnect connect);
}
