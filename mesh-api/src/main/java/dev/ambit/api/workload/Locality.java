package dev.ambit.api.workload;

/** Where a workload's node stands; unknown parts are empty. */
public record Locality(String region, String zone, String subzone) {

    public static final Locality UNKNOWN = new Locality("", "", "");
}
