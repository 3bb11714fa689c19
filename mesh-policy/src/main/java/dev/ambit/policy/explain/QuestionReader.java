package dev.ambit.policy.explain;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.state.MeshView;
import java.util.Comparator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads a {@link Question} from what a person types. Pure. */
public final class QuestionReader {

    private static final String SOURCE =
            "ip, ip:port, namespace/pod, a workload's uid, or spiffe://domain/ns/x/sa/y";
    private static final String DESTINATION = "ip:port, hostname:port or namespace/pod:port";

    private static final IpAddress NOWHERE = IpAddress.parse("0.0.0.0");

    private final MeshView mesh;
    private final String network;

    /**
     * @param network addresses belong to
     */
    public QuestionReader(MeshView mesh, String network) {
        this.mesh = mesh;
        this.network = network;
    }

    /**
     * @param src who connects
     * @param dst where to
     * @param plaintext look at the client as if it was not captured
     * @throws IllegalArgumentException naming what cannot be understood and what is expected
     */
    public Question read(String src, String dst, boolean plaintext) {
        Client client = client(src);
        Workload workload = client.workload();
        boolean captured =
                !plaintext
                        && workload != null
                        && (workload.tunnelProtocol() == TunnelProtocol.HBONE
                                || workload.nativeTunnel());
        return new Question(
                workload,
                captured ? client.identity() : null,
                client.address(),
                destination(dst, workload == null ? "" : workload.namespace()),
                !captured);
    }

    private record Client(
            @Nullable Workload workload, @Nullable SpiffeId identity, IpPort address) {}

    private Client client(String text) {
        if (text.startsWith("spiffe://")) {
            SpiffeId id = identity(text);
            return known(text, first(w -> w.identity().equals(id)));
        }
        IpPort address = address(text);
        if (address != null) {
            Workload workload = mesh.workload(new NetworkAddress(network, address.address()));
            return new Client(workload, workload == null ? null : workload.identity(), address);
        }
        Workload byUid = mesh.workloadByUid(text);
        return known(text, byUid == null ? named(text) : byUid);
    }

    private static SpiffeId identity(String text) {
        try {
            return SpiffeId.parse(text);
        } catch (IllegalArgumentException bad) {
            throw new IllegalArgumentException("src: " + bad.getMessage(), bad);
        }
    }

    private static Client known(String text, @Nullable Workload workload) {
        if (workload == null) {
            throw bad("src", text, "not known", SOURCE);
        }
        IpAddress address =
                workload.addresses().isEmpty() ? NOWHERE : workload.addresses().getFirst();
        return new Client(workload, workload.identity(), new IpPort(address, 0));
    }

    /** Null if it is neither an address nor one with a port. */
    private static @Nullable IpPort address(String text) {
        try {
            return new IpPort(IpAddress.parse(text), 0);
        } catch (IllegalArgumentException noAddress) {
            try {
                return IpPort.parse(text);
            } catch (IllegalArgumentException noPort) {
                return null;
            }
        }
    }

    private IpPort destination(String text, String clientNamespace) {
        try {
            return IpPort.parse(text);
        } catch (IllegalArgumentException notAnAddress) {
            int colon = text.lastIndexOf(':');
            String name = colon < 0 ? "" : text.substring(0, colon);
            if (name.isEmpty()) {
                throw bad("dst", text, "no port", DESTINATION);
            }
            return new IpPort(address(name, text, clientNamespace), port(text, colon + 1));
        }
    }

    private IpAddress address(String name, String text, String clientNamespace) {
        if (name.indexOf('/') >= 0) {
            Workload workload = named(name);
            if (workload == null || workload.addresses().isEmpty()) {
                throw bad("dst", text, workload == null ? "not known" : "no address", DESTINATION);
            }
            return workload.addresses().getFirst();
        }
        MeshService service = mesh.serviceByHostname(name, clientNamespace);
        if (service == null || service.vips().isEmpty()) {
            throw bad(
                    "dst",
                    text,
                    service == null ? "no such service, as the client sees them" : "no address",
                    DESTINATION);
        }
        for (NetworkAddress vip : service.vips()) {
            if (vip.network().equals(network)) {
                return vip.address();
            }
        }
        return service.vips().getFirst().address();
    }

    private static int port(String text, int from) {
        String port = text.substring(from);
        if (port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65_535) {
            return Integer.parseInt(port);
        }
        throw bad("dst", text, "port \"" + port + "\"", "a port of 0-65535");
    }

    private @Nullable Workload named(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0) {
            return null;
        }
        String namespace = text.substring(0, slash);
        String name = text.substring(slash + 1);
        return first(w -> w.namespace().equals(namespace) && w.name().equals(name));
    }

    /** Always the same one. */
    private @Nullable Workload first(Predicate<Workload> which) {
        return mesh.workloads().stream()
                .filter(which)
                .min(Comparator.comparing(Workload::uid))
                .orElse(null);
    }

    private static IllegalArgumentException bad(
            String parameter, String value, String problem, String expected) {
        return new IllegalArgumentException(
                "%s: \"%s\": %s (expected: %s)".formatted(parameter, value, problem, expected));
    }
}
