package dev.ambit.api.manifest;

/**
 * Why a file was not taken, in the form every user-facing error has: code, what, where, why, do.
 *
 * @param code AMB and four digits
 * @param what one line: what was refused
 * @param why the value found and the value expected
 * @param fix what to do about it
 */
public record ManifestProblem(
        String code, String what, SourcePosition where, String why, String fix) {

    /** The file is not YAML. */
    public static final String SYNTAX = "AMB1401";

    /** A document is not a Kubernetes object. */
    public static final String NOT_AN_OBJECT = "AMB1402";

    /** The file is larger, deeper or wider than the reader accepts. */
    public static final String LIMIT = "AMB1403";

    /** The file or directory cannot be read. */
    public static final String UNREADABLE = "AMB1404";

    /** All of it on one line. */
    public String message() {
        return code + " " + what + " where: " + where + " why: " + why + " do: " + fix;
    }
}
