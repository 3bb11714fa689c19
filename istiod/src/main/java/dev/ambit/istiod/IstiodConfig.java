package dev.ambit.istiod;

import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.runtime.config.EnvReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What istiod was told at its start.
 *
 * @param objects where they come from
 * @param tokens AMBIT_TOKENS: who may call; required with a directory, which knows nobody
 * @param caStore AMBIT_CA_DIR: where the self-signed root is kept
 * @param caPlugIn AMBIT_CACERTS: a key someone else made (default ./etc/cacerts)
 * @param serverNames names and addresses of istiod's own certificate
 * @param debugFromAnywhere AMBIT_DEBUG_FROM=any: debug pages answer others than this machine
 */
record IstiodConfig(
        ObjectsFrom objects,
        Optional<Path> tokens,
        Path caStore,
        Path caPlugIn,
        List<String> serverNames,
        Ports ports,
        MeshSettings mesh,
        MeshLoop.Debounce debounce,
        Duration shutdownGrace,
        boolean debugFromAnywhere) {

    /** Where objects come from: what is configured, else what is there. */
    sealed interface ObjectsFrom {

        /**
         * @param manifests AMBIT_MANIFESTS: the user's objects
         * @param runtime AMBIT_RUNTIME: what a cluster would know, laid over them
         */
        record Directory(Path manifests, Optional<Path> runtime) implements ObjectsFrom {}

        /**
         * The API server of KUBECONFIG or of the pod's account, or AMBIT_KUBERNETES=true.
         *
         * @param nodeAccounts CA_TRUSTED_NODE_ACCOUNTS: namespace/name of those who may ask for the
         *     identities of their node's pods
         */
        record Kubernetes(Set<String> nodeAccounts) implements ObjectsFrom {}
    }

    /**
     * Where istiod listens; null: not at all.
     *
     * @param plaintext for whoever needs no identity; this machine only unless told otherwise
     */
    record Ports(
            Optional<InetSocketAddress> plaintext,
            InetSocketAddress secure,
            InetSocketAddress monitoring,
            InetSocketAddress http) {}

    private static final List<String> OWN_NAMES =
            List.of(
                    "istiod.istio-system.svc",
                    "istiod.istio-system.svc.cluster.local",
                    "localhost");

    /** Reads environment and flags; mistakes of both are remembered in the reader. */
    static IstiodConfig read(EnvReader env, List<String> arguments) {
        Map<String, String> flags = flags(env, arguments);
        String rootNamespace = env.text("ROOT_NAMESPACE", "istio-system");
        ObjectsFrom objects = objects(env, rootNamespace);
        Optional<Path> tokens = env.path("AMBIT_TOKENS");
        if (tokens.isEmpty() && objects instanceof ObjectsFrom.Directory) {
            env.problem("AMBIT_TOKENS", "", "a file of tokens: who may call");
        }
        String domain = env.text("DOMAIN", "cluster.local");
        MeshSettings mesh =
                new MeshSettings(
                        env.text("CLUSTER_ID", "Kubernetes"),
                        env.text("TRUST_DOMAIN", "cluster.local"),
                        rootNamespace,
                        domain,
                        env.flag("AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY", false));
        List<String> names = new ArrayList<>(OWN_NAMES);
        for (String name : env.text("AMBIT_ISTIOD_NAMES", "").split(",", -1)) {
            if (!name.isBlank() && !names.contains(name.strip())) {
                names.add(name.strip());
            }
        }
        return new IstiodConfig(
                objects,
                tokens,
                env.path("AMBIT_CA_DIR").orElse(Path.of("etc", "ca")),
                env.path("AMBIT_CACERTS").orElse(Path.of("etc", "cacerts")),
                List.copyOf(names),
                ports(env, flags),
                mesh,
                new MeshLoop.Debounce(
                        env.duration("AMBIT_DEBOUNCE_AFTER", Duration.ofMillis(10)),
                        env.duration("AMBIT_DEBOUNCE_MAX", Duration.ofMillis(100))),
                env.duration("TERMINATION_DRAIN_DURATION", Duration.ofSeconds(1)),
                env.choice("AMBIT_DEBUG_FROM", false, Map.of("loopback", false, "any", true)));
    }

    private static ObjectsFrom objects(EnvReader env, String rootNamespace) {
        Optional<String> manifests = env.text("AMBIT_MANIFESTS");
        Optional<String> kubeconfig = env.text("KUBECONFIG");
        boolean found = kubeconfig.isPresent() || env.text("KUBERNETES_SERVICE_HOST").isPresent();
        if (!env.flag("AMBIT_KUBERNETES", found && manifests.isEmpty())) {
            return directory(env, manifests);
        }
        if (manifests.isPresent()) {
            env.problem(
                    "AMBIT_KUBERNETES",
                    "true",
                    "either a directory (AMBIT_MANIFESTS) or a Kubernetes API server");
        }
        for (String file : kubeconfig.orElse("").split(":", -1)) {
            if (!file.isEmpty() && !Files.isReadable(Path.of(file))) {
                env.problem("KUBECONFIG", file, "a file that can be read");
            }
        }
        Set<String> accounts = new TreeSet<>();
        String trusted = env.text("CA_TRUSTED_NODE_ACCOUNTS", rootNamespace + "/ztunnel");
        for (String account : trusted.split(",", -1)) {
            if (account.strip().matches("[^/]+/[^/]+")) {
                accounts.add(account.strip());
            } else {
                env.problem("CA_TRUSTED_NODE_ACCOUNTS", account, "namespace/name, comma separated");
            }
        }
        return new ObjectsFrom.Kubernetes(accounts);
    }

    private static ObjectsFrom directory(EnvReader env, Optional<String> manifests) {
        if (manifests.isEmpty()) {
            env.problem(
                    "AMBIT_MANIFESTS",
                    "",
                    "a directory of manifests; or KUBECONFIG, or AMBIT_KUBERNETES=true in a pod");
        } else if (!Files.isDirectory(Path.of(manifests.get()))) {
            env.problem("AMBIT_MANIFESTS", manifests.get(), "a directory that is there");
        }
        return new ObjectsFrom.Directory(Path.of(manifests.orElse("")), env.path("AMBIT_RUNTIME"));
    }

    private static Ports ports(EnvReader env, Map<String, String> flags) {
        String plaintext = flags.getOrDefault("grpcAddr", "");
        return new Ports(
                plaintext.isEmpty()
                        ? Optional.empty()
                        : Optional.of(address(env, flags, "grpcAddr")),
                address(env, flags, "secureGRPCAddr"),
                address(env, flags, "monitoringAddr"),
                address(env, flags, "httpAddr"));
    }

    /** {@code --name=value} or {@code --name value}, after an optional {@code discovery}. */
    private static Map<String, String> flags(EnvReader env, List<String> arguments) {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("grpcAddr", "127.0.0.1:15010");
        flags.put("secureGRPCAddr", ":15012");
        flags.put("monitoringAddr", ":15014");
        flags.put("httpAddr", ":8080");
        List<String> left = new ArrayList<>(arguments);
        if (!left.isEmpty() && left.getFirst().equals("discovery")) {
            left.removeFirst();
        }
        while (!left.isEmpty()) {
            String argument = left.removeFirst();
            String[] parts = argument.split("=", 2);
            String name = parts[0].startsWith("--") ? parts[0].substring(2) : parts[0];
            if (!parts[0].startsWith("--") || !flags.containsKey(name)) {
                env.problem(
                        argument,
                        argument,
                        "one of --" + String.join(", --", flags.keySet()) + " with a value");
            } else if (parts.length == 2) {
                flags.put(name, parts[1]);
            } else if (left.isEmpty()) {
                env.problem(argument, "", "an address after it, as :15012");
            } else {
                flags.put(name, left.removeFirst());
            }
        }
        return flags;
    }

    /** {@code :port} is every address of this machine. */
    private static InetSocketAddress address(
            EnvReader env, Map<String, String> flags, String flag) {
        String text = String.valueOf(flags.get(flag));
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
            env.problem("--" + flag, text, "address:port or :port");
            return new InetSocketAddress(0);
        }
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        int number = Integer.parseInt(port);
        if (host.isEmpty()) {
            return new InetSocketAddress(number);
        }
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host), number);
        } catch (IllegalArgumentException e) {
            env.problem("--" + flag, text, "an address of this machine before the port");
            return new InetSocketAddress(0);
        }
    }

    /** For the start-up line: what was understood. */
    Object[] described() {
        return new Object[] {
            "objects",
            switch (objects) {
                case ObjectsFrom.Directory d ->
                        d.manifests() + d.runtime().map(r -> " and " + r).orElse("");
                case ObjectsFrom.Kubernetes k -> "the Kubernetes API server";
            },
            "tokens",
            tokens.map(Path::toString).orElse(""),
            "ca",
            caStore,
            "names",
            String.join(",", serverNames),
            "trust_domain",
            mesh.trustDomain(),
            "cluster",
            mesh.clusterId(),
            "root_namespace",
            mesh.rootNamespace()
        };
    }
}
