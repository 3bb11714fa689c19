package dev.ambit.hbone.connection;

/** What servers send to a client with three CONNECTs under way. */
public final class ClientConnectionFuzz {

    private ClientConnectionFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        ConnectionFuzz.run(Role.CLIENT, input);
    }
}
