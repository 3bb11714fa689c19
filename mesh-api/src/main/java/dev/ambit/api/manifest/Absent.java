package dev.ambit.api.manifest;

/** A null in a document: it takes away what lower documents say, and never reaches a reader. */
enum Absent {
    VALUE
}
