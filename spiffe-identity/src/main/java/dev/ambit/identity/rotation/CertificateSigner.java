package dev.ambit.identity.rotation;

import dev.ambit.identity.SpiffeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The port to whoever signs: request in, chain out, later. */
public interface CertificateSigner {

    /**
     * Asks for one certificate. Never throws and never blocks: failures complete the stage.
     *
     * @return leaf, intermediates one per element, the root bundle as last element
     */
    CompletionStage<List<String>> sign(SpiffeId id, String csrPem, Duration ttl);
}
