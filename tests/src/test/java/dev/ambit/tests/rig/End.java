package dev.ambit.tests.rig;

/** How one side of a session sees its end. */
enum End {
    /** It goes on. */
    OPEN,
    /** Both said that they were done, and all had arrived. */
    DONE,
    /** The kernel reported a reset. */
    RESET,
    /** End of stream although the other side was not done: bytes may be missing silently. */
    CUT,
    /** Nothing came in the time allowed. */
    SILENT,
    /** Bytes came that were not sent. */
    WRONG
}
