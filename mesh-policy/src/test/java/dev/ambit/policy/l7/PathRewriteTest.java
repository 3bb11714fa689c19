package dev.ambit.policy.l7;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.PathChange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PathRewriteTest {

    @ParameterizedTest
    @CsvSource({
        "/a/b, /new, /new/b",
        "/a, /new, /new",
        "/a/, /new, /new/",
        "/a/b, /, /b",
        "/a, /, /",
        "/a/b, '', /b",
        "/a/b, /new/, /new/b",
        "/a/b/c, /x/y, /x/y/b/c",
    })
    void replacesThePrefixTheRuleMatched(String path, String replacement, String result) {
        assertThat(PathRewrite.apply(new PathChange.Prefix(replacement), path, "/a"))
                .isEqualTo(result);
        assertThat(PathRewrite.apply(new PathChange.Prefix(replacement), path, "/a/"))
                .isEqualTo(result);
        assertThat(PathRewrite.apply(new PathChange.Full("/all"), path, "/a")).isEqualTo("/all");
    }

    @Test
    void replacesTheRootPrefix() {
        assertThat(PathRewrite.apply(new PathChange.Prefix("/x"), "/a", "/")).isEqualTo("/x/a");
        assertThat(PathRewrite.apply(new PathChange.Prefix("/x"), "/", "/")).isEqualTo("/x/");
    }
}
