package dev.ambit.hbone.connection;

/** What clients send after their preface and SETTINGS. */
public final class ServerConnectionFuzz {

    private ServerConnectionFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        ConnectionFuzz.run(Role.SERVER, input);
    }
}
