package dev.ambit.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectTargetTest {
    @Test
    void readsAddressesAndNames() {
        assertThat(ConnectTarget.parse("10.0.0.1:80"))
                .isEqualTo(new ConnectTarget.Address(new InetSocketAddress("10.0.0.1", 80)));
        assertThat(ConnectTarget.parse("[fd00::1]:65535"))
                .isEqualTo(new ConnectTarget.Address(new InetSocketAddress("fd00::1", 65535)));
        assertThat(ConnectTarget.parse("Echo.default.svc.cluster.local:1"))
                .isEqualTo(new ConnectTarget.Host("echo.default.svc.cluster.local", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "host",
                "host:",
                "host:0",
                "host:65536",
                "host:99999",
                "host:000080",
                "host:-1",
                "host:8o",
                "user@host:80",
                "[::1%eth0]:80",
                "[::1]",
                "[::1:80",
                "::1:80",
                "[10.0.0.1]:80",
                "10.0.0:80",
                "1:80",
                "10.0.0.256:80",
                "host\0:80",
                "hö:80",
                "a b:80",
                "[]:80",
                "host/path:80",
                "http://host:80"
            })
    void refusesWhatIsNone(String authority) {
        assertThat(ConnectTarget.parse(authority)).isNull();
    }

    /** E06. */
    @Test
    void refusesWhatIsTooLong() {
        assertThat(ConnectTarget.parse("a".repeat(253) + ":65535")).isNotNull();
        assertThat(ConnectTarget.parse("a".repeat(256) + ":80")).isNull();
        assertThat(ConnectTarget.parse("a".repeat(65_536) + ":80")).isNull();
    }
}
