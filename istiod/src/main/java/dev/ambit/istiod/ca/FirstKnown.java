package dev.ambit.istiod.ca;

import dev.ambit.istiod.ca.CallerAuthenticator.Authentication;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks several authenticators in order; the first that knows the caller decides. */
public final class FirstKnown implements CallerAuthenticator {

    private final List<CallerAuthenticator> authenticators;

    public FirstKnown(List<CallerAuthenticator> authenticators) {
        this.authenticators = List.copyOf(authenticators);
    }

    @Override
    public CompletionStage<Authentication> authenticate(Credentials credentials) {
        return ask(0, credentials, "");
    }

    private CompletionStage<Authentication> ask(
            int index, Credentials credentials, String reasons) {
        if (index == authenticators.size()) {
            return CompletableFuture.completedFuture(
                    new Authentication.Unknown(
                            reasons.isEmpty() ? "no authenticator is configured" : reasons));
        }
        return authenticators
                .get(index)
                .authenticate(credentials)
                .exceptionally(e -> new Authentication.Unknown("authenticator failed: " + e))
                .thenCompose(
                        found ->
                                switch (found) {
                                    case Authentication.Known known ->
                                            CompletableFuture.completedFuture(known);
                                    case Authentication.Unknown unknown ->
                                            ask(
                                                    index + 1,
                                                    credentials,
                                                    reasons
                                                            + (reasons.isEmpty() ? "" : "; ")
                                                            + unknown.reason());
                                });
    }
}
