package dev.ambit.api.manifest;

import java.nio.file.Path;

/** A line of a file, counted from 1. Line 0 means the file as a whole. */
public record SourcePosition(Path file, int line) {
    @Override
    public String toString() {
        return line == 0 ? file.toString() : file + ":" + line;
    }
}
