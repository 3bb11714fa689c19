package dev.ambit.ztunnel.fuzz;

import dev.ambit.ztunnel.state.LocalStateFile;
import java.nio.charset.StandardCharsets;

/** {@code LOCAL_XDS_PATH}, YAML or JSON: a state, the same one each time, or a refusal. */
public final class LocalStateFuzz {

    private LocalStateFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        LocalStateFile state;
        try {
            state = LocalStateFile.parse(text);
        } catch (IllegalArgumentException refused) {
            return;
        }
        if (!LocalStateFile.parse(text).equals(state)) {
            throw new IllegalStateException("another state the second time: " + state);
        }
    }
}
