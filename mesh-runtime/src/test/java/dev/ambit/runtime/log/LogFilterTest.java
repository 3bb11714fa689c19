package dev.ambit.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LogFilterTest {

    @ParameterizedTest(name = "{0}: {1} is {2}")
    @CsvSource(
            delimiter = ';',
            value = {
                "''; access; info",
                "debug; access; debug",
                "warn,access=debug; access; debug",
                "warn,access=debug; proxy::outbound; warn",
                "proxy=debug,proxy::outbound=trace; proxy::outbound; trace",
                "proxy=debug,proxy::outbound=trace; proxy::inbound; debug",
                "proxy; proxy::inbound; trace",
                "off; access; off",
                "info,dns=off; dns; off",
                "ztunnel::xds=debug; xds; debug",
                "debug; io.netty.channel.nio; info",
                "io.netty=debug; io.netty.channel.nio; debug",
                "error; io.netty.channel.nio; error",
            })
    void theLongestMatchingBeginningWins(String filter, String target, String level) {
        assertThat(LogFilter.parse(filter).level(target).text()).isEqualTo(level);
    }

    @Test
    void addsToWhatItHasAndPrintsWhatItReads() {
        LogFilter filter = LogFilter.parse("info,access=debug").with("access=trace,dns=off");
        assertThat(filter).hasToString("info,access=trace,dns=off");
        assertThat(LogFilter.parse(filter.toString())).isEqualTo(filter);
    }

    @Test
    void namesThePartThatIsWrong() {
        assertThatThrownBy(() -> LogFilter.parse("info,access=loud"))
                .hasMessage("access=loud (expected: off, error, warn, info, debug, trace)");
        assertThatThrownBy(() -> LogFilter.parse("=debug")).hasMessageContaining("target=level");
    }

    /** Found by fuzzing: nothing as a target is the beginning of all of them. */
    @Test
    void upstreamsPrefixAloneNamesNothing() {
        assertThatThrownBy(() -> LogFilter.parse("info,ztunnel::=debug"))
                .hasMessageContaining("target=level");
        assertThat(LogFilter.parse("ztunnel::ztunnel::proxy=off"))
                .isEqualTo(LogFilter.parse("proxy=off"));
    }
}
