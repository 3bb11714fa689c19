package dev.ambit.api.policy;

import java.util.List;

/** Matches if any of its matches does; without any it matches everything. */
public record Clause(List<Match> matches) {

    public Clause {
        matches = List.copyOf(matches);
    }
}
