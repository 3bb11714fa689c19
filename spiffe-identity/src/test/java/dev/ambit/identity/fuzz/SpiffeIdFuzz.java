package dev.ambit.identity.fuzz;

import dev.ambit.identity.SpiffeId;
import java.nio.charset.StandardCharsets;

/**
 * B06: an id is taken byte for byte or refused, and what refuses it quotes nothing a log line could
 * break on.
 */
public final class SpiffeIdFuzz {

    private SpiffeIdFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        SpiffeId id;
        try {
            id = SpiffeId.parse(text);
        } catch (IllegalArgumentException refused) {
            String message = String.valueOf(refused.getMessage());
            if (message.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                throw new IllegalStateException("quoted unescaped: " + message, refused);
            }
            return;
        }
        if (!id.uri().equals(text) || !SpiffeId.parse(id.uri()).equals(id)) {
            throw new IllegalStateException("not the text it was read from: " + id);
        }
    }
}
