package dev.ambit.istiod.routing;

/**
 * What of an object has no effect, and why.
 *
 * @param reason of the condition, as Gateway API and Istio name it
 * @param message the value found and what was expected
 */
public record Problem(Reason reason, String message) {

    /** Reasons of Gateway API and of Istio's conditions. */
    public enum Reason {
        /** The parent is not of a kind that routes attach to here. */
        INVALID_KIND("InvalidKind"),
        /** There is no such parent, or it has no such port. */
        NO_MATCHING_PARENT("NoMatchingParent"),
        /** The parent's service has no waypoint. */
        MISSING_USE_WAYPOINT("MissingUseWaypointLabel"),
        /** A route of a third namespace. */
        NOT_ALLOWED_BY_PARENT("NotAllowedByListeners"),
        BACKEND_NOT_FOUND("BackendNotFound"),
        /** A backend in another namespace, which has not agreed. */
        REF_NOT_PERMITTED("RefNotPermitted"),
        TARGET_NOT_FOUND("TargetNotFound"),
        UNSUPPORTED_VALUE("UnsupportedValue");

        private final String condition;

        Reason(String condition) {
            this.condition = condition;
        }

        public String condition() {
            return condition;
        }
    }
}
