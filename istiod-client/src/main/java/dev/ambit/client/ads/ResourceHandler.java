package dev.ambit.client.ads;

import com.google.protobuf.ByteString;
import dev.ambit.api.InvalidResource;
import java.util.List;
import java.util.Map;

/** Takes the resources of one type. Every method is called on the control loop. */
public interface ResourceHandler<T> {

    String typeUrl();

    /** Bytes to a record. */
    T decode(String name, ByteString value) throws InvalidResource;

    /**
     * Applies what one response brought, removals and updates in one step.
     *
     * @return names that could not be applied, with the reason; everything else was
     */
    Map<String, String> apply(List<Named<T>> updates, List<String> removals);

    /** Names and versions that are known before the first stream, from a life before this one. */
    default Map<String, String> knownVersions() {
        return Map.of();
    }

    /** Told after {@link #apply}: what of the response is accepted, with its versions. */
    default void accepted(Map<String, String> versions, List<String> removals) {}
}
