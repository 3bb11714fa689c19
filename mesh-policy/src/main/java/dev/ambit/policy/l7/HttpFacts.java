package dev.ambit.policy.l7;

import dev.ambit.policy.ConnectionFacts;
import java.util.List;

/**
 * What policy and routing may know about a request. The proxy implements it over its own request,
 * so nothing is copied; what the backend is sent must be what is judged here.
 */
public interface HttpFacts {

    /** The tunnel's: who asks, from where, for which service port. */
    ConnectionFacts connection();

    String method();

    /** {@code :authority} or {@code Host}, as the client wrote it. */
    String authority();

    /** Normalised by {@link PathNormalizer}, without the query. */
    String path();

    /** What follows the question mark, as the client wrote it; empty if nothing does. */
    String query();

    /** All values of a header, in order; none: an empty list. */
    List<String> headers(String lowerCaseName);
}
