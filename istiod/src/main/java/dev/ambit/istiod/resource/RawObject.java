package dev.ambit.istiod.resource;

import java.util.List;
import java.util.Map;

/**
 * An object as a source has it: maps, lists, strings, numbers and booleans.
 *
 * @param where where a field was written, for messages
 */
public record RawObject(ObjectId id, Map<String, Object> content, Locator where) {

    /** Names the place of a field: a file and line, or the object in a cluster. */
    @FunctionalInterface
    public interface Locator {
        /**
         * @param path map keys (String) and list positions (Integer)
         */
        String of(List<Object> path);
    }
}
