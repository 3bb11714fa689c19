package dev.ambit.tests.upgrade;

import dev.ambit.tests.rig.Footprint;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a run found.
 *
 * @param sessions how each ended
 * @param refused new connections that were not served
 * @param newcomersMillis how long the others took, in order
 * @param held by the client's ztunnel, from time to time
 */
record Outcome(
        List<Session.Outcome> sessions, int refused, List<Long> newcomersMillis, List<Held> held) {

    record Held(String when, Footprint footprint) {}

    List<String> failures() {
        return sessions.stream().map(Session.Outcome::failure).filter(f -> !f.isEmpty()).toList();
    }

    private List<Long> busy(Function<Session.Outcome, Long> millis) {
        return sessions.stream().filter(session -> !session.idle()).map(millis).sorted().toList();
    }

    private static String quantiles(List<Long> sorted) {
        return sorted.isEmpty()
                ? "none"
                : "p50 %d, p99 %d, longest %d ms"
                        .formatted(
                                sorted.get(sorted.size() / 2),
                                sorted.get((int) (sorted.size() * 0.99)),
                                sorted.getLast());
    }

    /** For people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("sessions %d, broken %d".formatted(sessions.size(), failures().size()));
        lines.add(
                "bytes there and back %d, lost 0 where not broken"
                        .formatted(sessions.stream().mapToLong(Session.Outcome::bytes).sum()));
        lines.add("new connections %d, refused %d".formatted(newcomersMillis.size(), refused));
        lines.add(
                "longest silence of each busy session before: "
                        + quantiles(busy(Session.Outcome::calmMillis)));
        lines.add(
                "longest silence of each busy session, upgrades: "
                        + quantiles(busy(Session.Outcome::longestSilenceMillis)));
        lines.add("new connections took: " + quantiles(newcomersMillis));
        held.forEach(held -> lines.add("%s: %s".formatted(held.when(), held.footprint())));
        return lines;
    }
}
