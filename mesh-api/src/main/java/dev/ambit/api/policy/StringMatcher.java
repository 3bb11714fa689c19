package dev.ambit.api.policy;

/** What a string must look like. */
public sealed interface StringMatcher {

    boolean matches(String value);

    /** Equal. */
    record Exact(String value) implements StringMatcher {
        @Override
        public boolean matches(String candidate) {
            return candidate.equals(value);
        }
    }

    /** Begins with. */
    record Prefix(String value) implements StringMatcher {
        @Override
        public boolean matches(String candidate) {
            return candidate.startsWith(value);
        }
    }

    /** Ends with. */
    record Suffix(String value) implements StringMatcher {
        @Override
        public boolean matches(String candidate) {
            return candidate.endsWith(value);
        }
    }

    /** Is there at all. */
    record Presence() implements StringMatcher {
        @Override
        public boolean matches(String candidate) {
            return !candidate.isEmpty();
        }
    }
}
