package dev.ambit.client.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the bearer token of a call comes from. */
public sealed interface TokenSource {

    /** Mounted tokens are replaced every few hours: read at every call. */
    record File(Path path) implements TokenSource {}

    record Literal(String token) implements TokenSource {
        @Override
        public String toString() {
            return "Literal[***]";
        }
    }

    record None() implements TokenSource {}

    /** The token of one call. */
    default Optional<String> read() throws IOException {
        return switch (this) {
            case File file -> Optional.of(Files.readString(file.path()).strip());
            case Literal literal -> Optional.of(literal.token());
            case None _ -> Optional.empty();
        };
    }
}
