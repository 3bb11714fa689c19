package dev.ambit.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvReaderTest {

    @Test
    void givesDefaultsForWhatIsNotSet() {
        EnvReader env = EnvReader.of(Map.of("EMPTY", ""));
        assertThat(env.text("A", "x")).isEqualTo("x");
        assertThat(env.text("EMPTY", "x")).isEqualTo("x");
        assertThat(env.raw("EMPTY")).contains("");
        assertThat(env.flag("A", true)).isTrue();
        assertThat(env.integer("A", 5, 1, 9)).isEqualTo(5);
        assertThat(env.duration("A", Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
        assertThat(env.path("A")).isEmpty();
        env.finish();
    }

    @Test
    void readsWhatIsSet() {
        EnvReader env =
                EnvReader.of(
                        Map.of(
                                "N", "7", "F", "ON", "D", "1h30m", "B", "4Mi", "P", "/a/b", "C",
                                "Two", "H_X", "1"));
        assertThat(env.integer("N", 5, 1, 9)).isEqualTo(7);
        assertThat(env.flag("F", false)).isTrue();
        assertThat(env.duration("D", Duration.ZERO)).isEqualTo(Duration.ofMinutes(90));
        assertThat(env.bytes("B", 1, 1, 1 << 30)).isEqualTo(4 << 20);
        assertThat(env.path("P")).contains(Path.of("/a/b"));
        assertThat(env.choice("C", 1, Map.of("one", 1, "two", 2))).isEqualTo(2);
        assertThat(env.withPrefix("H_")).containsExactly(Map.entry("X", "1"));
        env.finish();
    }

    @Test
    void reportsEveryMistakeAtOnceWithValueAndExpectation() {
        EnvReader env =
                EnvReader.of(Map.of("PORT", "70000", "FLAG", "maybe", "WAIT", "soon", "C", "x"));
        assertThat(env.integer("PORT", 15000, 1, 65535)).isEqualTo(15000);
        env.flag("FLAG", false);
        env.duration("WAIT", Duration.ZERO);
        env.choice("C", 1, Map.of("one", 1, "two", 2));
        env.required("NODE_NAME", "the name of this node");
        assertThatThrownBy(env::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        """
                        AMB1001 PORT: 70000 (expected: 1-65535)
                        AMB1001 FLAG: maybe (expected: true or false)
                        AMB1001 WAIT: soon (expected: a duration such as 10s, 5m, 1h30m, 250ms)
                        AMB1001 C: x (expected: one, two)
                        AMB1001 NODE_NAME: not set (expected: the name of this node)""");
    }

    @ParameterizedTest
    @CsvSource({"10s,10000", "5m,300000", "250ms,250", "1.5s,1500", "0,0", "1d,86400000"})
    void readsDurations(String text, long millis) {
        assertThat(Quantities.duration(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1s x", "1 s", "1w"})
    void refusesWhatIsNoDuration(String text) {
        assertThat(Quantities.duration(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Mi", "1.5Mi", "-1", "4Ti", "99999999999999999999"})
    void refusesWhatIsNoSize(String text) {
        assertThat(Quantities.bytes(text)).isEmpty();
    }
}
