package dev.ambit.ztunnel;

import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.rotation.CertificateSigner;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.state.LocalStateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where state and certificates come from. */
final class ControlPlane implements AutoCloseable {

    private static final Log LOG = Log.get("state");

    private final ZtunnelConfig config;
    private final EventLoops loops;

    ControlPlane(ZtunnelConfig config, EventLoops loops, MetricsRegistry metrics) {
        this.config = config;
        this.loops = loops;
    }

    /** Who signs the certificates of this node's workloads. */
    CertificateSigner signer() {
        if (config.control().ca() == null) {
            TrustDomain domain = new TrustDomain(config.control().pod().trustDomain());
            return new FakeCa(domain, loops.blocking());
        }
        throw new UnsupportedOperationException("CA client not built yet");
    }

    /** The state from a file, if there is one. */
    @Nullable LocalStateFile localState() {
        ZtunnelConfig.LocalState local = config.control().localState();
        if (local == null) {
            return null;
        }
        Path file = local.file();
        String what = file == null ? "LOCAL_XDS" : file.toString();
        try {
            String text = file == null ? String.valueOf(local.text()) : Files.readString(file);
            return LocalStateFile.parse(text);
        } catch (IOException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "AMB1201 local state not usable / "
                            + what
                            + " / "
                            + wrong.getMessage()
                            + " / correct the file, its form is that of /config_dump",
                    wrong);
        }
    }

    /** Fills the state and keeps it filled; tells once when it is complete. */
    void feed(MeshState mesh, @Nullable LocalStateFile local, Runnable complete) {
        if (local != null) {
            List<dev.ambit.api.workload.MeshAddress> addresses = new ArrayList<>(local.workloads());
            addresses.addAll(local.services());
            mesh.applyAddresses(addresses, List.of());
            mesh.applyAuthorizations(local.policies(), List.of());
            LOG.info(
                    "local config initialized",
                    "num_workloads",
                    local.workloads().size(),
                    "num_policies",
                    local.policies().size());
        }
        if (config.control().xds() == null) {
            complete.run();
        }
    }

    @Override
    public void close() {}
}
