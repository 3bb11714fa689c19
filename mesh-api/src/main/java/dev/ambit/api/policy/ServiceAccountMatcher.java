package dev.ambit.api.policy;

/** A service account of any trust domain. */
public record ServiceAccountMatcher(String namespace, String serviceAccount) {

    public ServiceAccountMatcher {
        if (namespace.isEmpty() || serviceAccount.isEmpty()) {
            throw new IllegalArgumentException(
                    "service account: \""
                            + namespace
                            + "/"
                            + serviceAccount
                            + "\" (expected: namespace and name)");
        }
    }
}
