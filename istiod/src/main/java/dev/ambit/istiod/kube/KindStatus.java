package dev.ambit.istiod.kube;

/**
 * How it stands with one kind.
 *
 * @param kind as kubectl names it
 * @param version of the API that is read; "" while the kind is not installed
 * @param synced whether everything there was has been read, or there is nothing to read
 * @param objects how many the API server has
 * @param watched whether its changes arrive, or there is nothing to watch
 * @param error of the last attempt; "" while all is well
 */
public record KindStatus(
        String kind, String version, boolean synced, int objects, boolean watched, String error) {}
