package dev.ambit.policy.l7;

import static dev.ambit.policy.l7.PathNormalization.BASE;
import static dev.ambit.policy.l7.PathNormalization.DECODE_AND_MERGE_SLASHES;
import static dev.ambit.policy.l7.PathNormalization.MERGE_SLASHES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathNormalizerTest {

    @ParameterizedTest
    @CsvSource({
        // as asked, BASE, MERGE_SLASHES, DECODE_AND_MERGE_SLASHES
        "/admin, /admin, /admin, /admin",
        "/, /, /, /",
        "*, *, *, *",
        "//admin, //admin, /admin, /admin",
        "/a///b//, /a///b//, /a/b/, /a/b/",
        "/%61dmin, /admin, /admin, /admin",
        "/%41dmin, /Admin, /Admin, /Admin",
        "/ADMIN, /ADMIN, /ADMIN, /ADMIN",
        "/x/../admin, /admin, /admin, /admin",
        "/x/%2e%2E/admin, /admin, /admin, /admin",
        "/./admin, /admin, /admin, /admin",
        "/admin/., /admin/, /admin/, /admin/",
        "/a/b/.., /a/, /a/, /a/",
        "/.., /, /, /",
        "/../../admin, /admin, /admin, /admin",
        "/a//../b, /a/b, /b, /b",
        "/admin%2Fx, /admin%2Fx, /admin%2Fx, /admin/x",
        "/admin%2fx, /admin%2Fx, /admin%2Fx, /admin/x",
        "/admin%5Cx, /admin%5Cx, /admin%5Cx, /admin/x",
        "'\\admin', , , ",
        "'/\\admin', //admin, /admin, /admin",
        "'/x\\..\\admin', /admin, /admin, /admin",
        "/x%2F..%2Fadmin, /x%2F..%2Fadmin, /x%2F..%2Fadmin, /admin",
        "/admin;x=1, /admin;x=1, /admin;x=1, /admin;x=1",
        "/admin/..;/, , , ",
        "/admin/..;x=1/b, , , ",
        "/%2e%2e;x/, , , ",
        "/admin/.;/b, , , ",
        "/a;x=1/../b, /b, /b, /b",
        "/admin%00, , , ",
        "/admin%, , , ",
        "/admin%4, , , ",
        "/admin%zz, , , ",
        "'/admin x', , , ",
        "/admin#x, , , ",
        "/admin%23x, /admin%23x, /admin%23x, /admin%23x",
        "/%252e%252e/a, /%252e%252e/a, /%252e%252e/a, /%252e%252e/a",
        "/%e2%82%ac, /%E2%82%AC, /%E2%82%AC, /%E2%82%AC",
        "/~u-1_2.x, /~u-1_2.x, /~u-1_2.x, /~u-1_2.x",
        "/%7Eu, /~u, /~u, /~u",
        "/a?b=%2F//..#, , , ",
        "/x/../a?b=../%00//c, /a?b=../%00//c, /a?b=../%00//c, /a?b=../%00//c",
        "http://host/a, , , ",
        "'', , , ",
    })
    void bringsEveryPathToOneForm(String asked, String base, String merged, String decoded) {
        assertThat(PathNormalizer.normalize(asked, BASE)).isEqualTo(base);
        assertThat(PathNormalizer.normalize(asked, MERGE_SLASHES)).isEqualTo(merged);
        assertThat(PathNormalizer.normalize(asked, DECODE_AND_MERGE_SLASHES)).isEqualTo(decoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\u0000", "/a\n", "/a\r", "/a\t", "/a?b\n", "/\u007f"})
    void refusesControlCharacters(String target) {
        assertThat(PathNormalizer.normalize(target)).isNull();
    }

    /** Judging twice must be judging once: a second proxy behind this one sees the same path. */
    @Test
    void aNormalPathStaysAsItIs() {
        Random random = new Random(5);
        String alphabet = "/./..;\\%2eE5cCfF00ab ~?#é";
        for (int i = 0; i < 40_000; i++) {
            StringBuilder target = new StringBuilder("/");
            for (int j = random.nextInt(12); j > 0; j--) {
                target.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            for (PathNormalization how : PathNormalization.values()) {
                String once = PathNormalizer.normalize(target.toString(), how);
                if (once != null) {
                    assertThat(PathNormalizer.normalize(once, how)).isEqualTo(once);
                    String path = once.contains("?") ? once.substring(0, once.indexOf('?')) : once;
                    assertThat(path).startsWith("/").doesNotContain("/./", "/../", "\\");
                }
            }
        }
    }
}
