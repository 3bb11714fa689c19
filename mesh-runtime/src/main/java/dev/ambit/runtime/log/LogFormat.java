package dev.ambit.runtime.log;

/** How a line looks. */
public enum LogFormat {
    /** Fields separated by tabs and blanks. */
    PLAIN,
    /** One JSON object a line. */
    JSON
}
