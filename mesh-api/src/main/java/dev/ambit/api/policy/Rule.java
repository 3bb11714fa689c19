package dev.ambit.api.policy;

import java.util.List;

/** Matches if all clauses do; without clauses it matches everything. */
public record Rule(List<Clause> clauses) {

    public Rule {
        clauses = List.copyOf(clauses);
    }
}
