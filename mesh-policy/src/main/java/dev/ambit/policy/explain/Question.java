package dev.ambit.policy.explain;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * A connection somebody asks about.
 *
 * @param client null if no workload of the mesh
 * @param identity shown by a client that is captured; null where it could show none
 * @param source its address; port 0 if that was not asked
 * @param destination as the application would address it
 * @param plaintext the client is not captured by the mesh, or shall be looked at as if it was not
 */
public record Question(
        @Nullable Workload client,
        @Nullable SpiffeId identity,
        IpPort source,
        IpPort destination,
        boolean plaintext) {}
