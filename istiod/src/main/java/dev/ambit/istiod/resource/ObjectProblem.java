package dev.ambit.istiod.resource;

/**
 * Why an object is not taken. The form of every user-facing error: code, what, where, why, do.
 *
 * @param field path of the field, for example {@code spec.rules[0].to}
 * @param why the value found and what was expected
 */
public record ObjectProblem(
        String code, ObjectId object, String where, String field, String why, String fix) {

    /** A field has a value it cannot have. */
    public static final String INVALID_FIELD = "AMB1410";

    /** A field is missing. */
    public static final String MISSING_FIELD = "AMB1411";

    /** A field is valid but this mesh cannot do what it asks. */
    public static final String UNSUPPORTED = "AMB1412";

    /** All of it on one line. */
    public String message() {
        return code
                + " "
                + object
                + " is not taken where: "
                + where
                + " "
                + field
                + " why: "
                + why
                + " do: "
                + fix;
    }
}
