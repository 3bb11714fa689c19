package dev.ambit.istiod.ca;

import java.util.concurrent.CompletionStage;

/** Who calls. One of the two questions this package has for its surroundings. Thread-safe. */
@FunctionalInterface
public interface CallerAuthenticator {

    /** What was found. */
    sealed interface Authentication {

        record Known(Caller caller) implements Authentication {}

        /** Nobody we know; the reason is for our log only. */
        record Unknown(String reason) implements Authentication {}
    }

    /** Never blocks; whatever fails on the way is {@code Unknown}, never somebody. */
    CompletionStage<Authentication> authenticate(Credentials credentials);
}
