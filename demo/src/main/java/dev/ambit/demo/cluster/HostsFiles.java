package dev.ambit.demo.cluster;

import dev.ambit.demo.cluster.Desired.ServiceObject;
import dev.ambit.demo.manifest.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * A hosts file per namespace with the names of services as DNS would give them there, for commands
 * a person runs inside a pod. Owned by the cluster's thread.
 */
final class HostsFiles {

    private final RuntimeDirectory files;
    private final Map<String, String> written = new HashMap<>();

    HostsFiles(RuntimeDirectory files) {
        this.files = files;
    }

    void write(Desired desired, ServiceAddresses addresses) {
        for (String namespace : new TreeSet<>(desired.namespaces().keySet())) {
            StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
            for (ServiceObject s : desired.services()) {
                String address = addresses.of(s);
                if (!address.isEmpty()) {
                    String inNamespace = s.name() + "." + s.namespace();
                    text.append(address).append(' ');
                    if (s.namespace().equals(namespace)) {
                        text.append(s.name()).append(' ');
                    }
                    text.append(inNamespace)
                            .append(' ')
                            .append(inNamespace)
                            .append(".svc ")
                            .append(inNamespace)
                            .append(".svc.cluster.local\n");
                }
            }
            put(namespace, text.toString());
        }
    }

    private void put(String namespace, String text) {
        if (!text.equals(written.get(namespace))) {
            try {
                Yaml.write(files.hosts(namespace), text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            written.put(namespace, text);
        }
    }
}
