package dev.ambit.client.ads;

import java.util.Set;

/** How far a subscription is. */
public sealed interface SyncState {

    /** Not everything has been heard once: the type URLs still missing, and the last trouble. */
    record Waiting(Set<String> missing, String trouble) implements SyncState {
        public Waiting {
            missing = Set.copyOf(missing);
        }
    }

    /** Every type was heard at least once and the stream is open. */
    record Synced() implements SyncState {}

    /** Everything was heard once; the stream is broken and what was heard stays in force. */
    record Disconnected(String trouble) implements SyncState {}
}
