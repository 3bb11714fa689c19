package dev.ambit.istiod.xds;

/**
 * One set of resources of one type: those for everybody, or those for one gateway.
 *
 * @param audience "" for everybody, else {@code namespace/gateway}
 */
public record ResourceScope(String typeUrl, String audience) {
    /** The resources of a type that everybody gets. */
    public static ResourceScope everybody(String typeUrl) {
        return new ResourceScope(typeUrl, "");
    }
}
