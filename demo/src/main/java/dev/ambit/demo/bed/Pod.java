package dev.ambit.demo.bed;

/**
 * A namespace with one address on a node.
 *
 * @param host number of the address within its node's pod network
 */
public record Pod(String name, String namespace, Node node, int host) implements Place {

    @Override
    public String address() {
        return node.podNetwork() + "." + host;
    }

    /** The node's end of the veth pair. */
    String nodeSide() {
        return "pod" + host;
    }
}
