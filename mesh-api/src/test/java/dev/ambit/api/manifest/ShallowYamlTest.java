package dev.ambit.api.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** C09, C10 for configurations; found by fuzzing. */
final class ShallowYamlTest {

    private static @Nullable Object load(String text) {
        return ShallowYaml.load(text, LoadSettings.builder().build());
    }

    @Test
    void readsWhatConfigurationsAre() {
        assertThat(load("a: [1, &x b]\nc: {d: *x}\n"))
                .isEqualTo(Map.of("a", List.of(1, "b"), "c", Map.of("d", "b")));
        assertThat(load("")).isNull();
    }

    @Test
    void nothingIsNullWithEverySchema() {
        LoadSettings textOnly = LoadSettings.builder().setSchema(new FailsafeSchema()).build();
        assertThat(ShallowYaml.load("# nothing\n", textOnly)).isNull();
        assertThat(ShallowYaml.load("", textOnly)).isNull();
        assertThat(ShallowYaml.load("&a", textOnly)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "- ", "{a: ", "? "})
    void refusesWhatNestsDeeperThanItMay(String level) {
        assertThatExceptionOfType(YamlEngineException.class)
                .isThrownBy(() -> load(level.repeat(100_000)))
                .withMessageContaining("nested deeper than 100 levels");
    }

    @Test
    void aHundredLevelsAreFine() {
        assertThat(load("[".repeat(100) + "]".repeat(100))).isInstanceOf(List.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"&a [[*a]]", "&a {b: {c: *a}}", "&a {*a : b}"})
    void refusesWhatContainsItself(String text) {
        assertThatExceptionOfType(YamlEngineException.class)
                .isThrownBy(() -> load(text))
                .withMessageContaining("*a within what it names");
    }
}
