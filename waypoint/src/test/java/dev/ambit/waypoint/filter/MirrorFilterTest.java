package dev.ambit.waypoint.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.RouteFilter;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MirrorFilterTest {

    @ParameterizedTest
    @CsvSource({
        "reviews, reviews-shadow",
        "reviews:9080, reviews-shadow:9080",
        "10.0.0.1:80, 10.0.0.1-shadow:80",
        "[::1]:80, [::1]-shadow:80",
        "[::1], [::1]-shadow",
    })
    void namesCopiesAsEnvoyDoes(String host, String expected) {
        assertThat(MirrorFilter.shadowHost(host)).isEqualTo(expected);
    }

    @Test
    void copiesTheShareThatIsAskedFor() {
        BackendRef to = new BackendRef.ToService(new NamespacedHostname("ns", "m"), 80);
        List<RouteFilter> filters = List.of(new RouteFilter.Mirror(to, 250_000));
        SplittableRandom random = new SplittableRandom(7);
        int copies = 0;
        for (int i = 0; i < 10_000; i++) {
            copies += MirrorFilter.chosen(filters, random).size();
        }
        assertThat(copies).isBetween(2350, 2650);
    }
}
