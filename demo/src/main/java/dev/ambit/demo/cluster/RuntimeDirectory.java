package dev.ambit.demo.cluster;

import java.nio.file.Path;

/**
 * Where the files of a running demo lie.
 *
 * @param run all of it, removed at the end
 */
public record RuntimeDirectory(Path run) {

    public RuntimeDirectory {
        run = run.toAbsolutePath().normalize();
    }

    /** What a cluster would know, one subdirectory per writer. */
    public Path objects() {
        return run.resolve("objects");
    }

    /** What this cluster itself writes there. */
    public Path overlay() {
        return objects().resolve("kubelet");
    }

    /** The CA's keys. */
    public Path authority() {
        return run.resolve("ca");
    }

    public Path tokens() {
        return run.resolve("tokens.yaml");
    }

    /** Written by istiod beside the tokens. */
    public Path root() {
        return run.resolve("root-cert.pem");
    }

    public Path token(String holder) {
        return run.resolve("tokens").resolve(holder);
    }

    /** What the commands of the demo know of the running one. */
    public Path state() {
        return run.resolve("state.yaml");
    }

    public Path pid() {
        return run.resolve("supervisor.pid");
    }

    /** Names of services for commands run inside a pod of this namespace. */
    public Path hosts(String namespace) {
        return run.resolve("hosts").resolve(namespace);
    }

    public Path logs() {
        return run.resolve("logs");
    }
}
