package dev.ambit.waypoint.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.PathChange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RewriteFilterTest {

    /** The table of Gateway API's HTTPPathModifier. */
    @ParameterizedTest
    @CsvSource({
        "/foo/bar, /foo, /xyz, /xyz/bar",
        "/foo/bar, /foo, /xyz/, /xyz/bar",
        "/foo/bar, /foo/, /xyz, /xyz/bar",
        "/foo/bar, /foo/, /xyz/, /xyz/bar",
        "/foo, /foo, /xyz, /xyz",
        "/foo/, /foo, /xyz, /xyz/",
        "/foo/bar, /foo, '', /bar",
        "/foo/, /foo, '', /",
        "/foo, /foo, '', /",
        "/foo/, /foo, /, /",
        "/foo, /foo, /, /",
        "/foo/bar?q=/foo, /foo, /xyz, /xyz/bar?q=/foo",
        "/any, /, /xyz, /xyz/any",
    })
    void replacesThePrefixThatMatched(String uri, String prefix, String by, String expected) {
        assertThat(RewriteFilter.path(new PathChange.Prefix(by), prefix, uri)).isEqualTo(expected);
    }

    @Test
    void replacesTheWholePathAndKeepsTheQuery() {
        assertThat(RewriteFilter.path(new PathChange.Full("/new"), "", "/old?a=b"))
                .isEqualTo("/new?a=b");
    }
}
