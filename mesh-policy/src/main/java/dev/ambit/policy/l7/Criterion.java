package dev.ambit.policy.l7;

/** One thing a policy asks of a request. */
interface Criterion {

    boolean holds(RequestView view);

    /** Asks nothing. */
    Criterion ALWAYS = view -> true;

    /** Asks for what cannot be. */
    Criterion NEVER = view -> false;
}
