package dev.ambit.api;

/** An address within a network; networks may reuse addresses. */
public record NetworkAddress(String network, IpAddress address) {

    @Override
    public String toString() {
        return network + "/" + address;
    }
}
