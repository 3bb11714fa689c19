package dev.ambit.ztunnel.dns;

/** The bytes of a message; whoever holds them does not change them. */
final class Octets {

    private final byte[] bytes;

    Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes;
    }
}
