package dev.ambit.istiod.ca;

import java.nio.charset.StandardCharsets;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The file of tokens: callers, or a refusal of the whole. */
public final class TokenFileFuzz {

    private TokenFileFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            if (!TokenFile.parse(text).equals(TokenFile.parse(text))) {
                throw new IllegalStateException("other callers the second time");
            }
        } catch (IllegalArgumentException | YamlEngineException refused) {
            // The last good ones stay.
        }
    }
}
