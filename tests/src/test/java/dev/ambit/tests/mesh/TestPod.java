package dev.ambit.tests.mesh;

import dev.ambit.demo.bed.Pod;
import dev.ambit.runtime.linux.Netns;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/** A pod of a test: a place in the bed, a name in the cluster, and the way into its namespace. */
public record TestPod(Pod place, String namespace, String name, Netns netns)
        implements AutoCloseable {

    public String ip() {
        return place.address();
    }

    public String serviceAccount() {
        return name;
    }

    public String identity() {
        return "spiffe://cluster.local/ns/" + namespace + "/sa/" + serviceAccount();
    }

    public PodNet net() {
        return new PodNet(netns);
    }

    public Socket connect(String ip, int port) throws IOException {
        return net().connect(ip, port, Duration.ofSeconds(15));
    }

    @Override
    public void close() {
        netns.close();
    }
}
