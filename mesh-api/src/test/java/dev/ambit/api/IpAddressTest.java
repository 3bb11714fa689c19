package dev.ambit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "::ffff:10.0.0.1, 10.0.0.1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0DB8:0:0:0:0:0:1, 2001:db8::1",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "0:1:0:1:0:1:0:1, 0:1:0:1:0:1:0:1",
        "fd16:9254:7127:1337:ffff:ffff:ffff:ffff, fd16:9254:7127:1337:ffff:ffff:ffff:ffff",
    })
    void writesEveryAddressInOneWay(String literal, String text) {
        assertThat(IpAddress.parse(literal)).hasToString(text);
        assertThat(IpAddress.parse(text)).isEqualTo(IpAddress.parse(literal));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "256.0.0.1",
                "01.2.3.4",
                "1.2.3.",
                ".1.2.3",
                "1.2.3.4 ",
                "a.b.c.d",
                "localhost",
                "fe80::1%eth0",
                "[::1]",
                ":::",
                "1:2",
                "::ffff:1.2.3.256"
            })
    void refusesWhatIsNoLiteral(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpAddress.parse(text))
                .withMessageContaining("\"" + text + "\"");
    }

    @Test
    void keepsEveryBitThroughBytesAndText() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.nextBytes(bytes);
            if (bytes.length == 16 && i % 3 == 0) {
                java.util.Arrays.fill(bytes, 2, 2 + random.nextInt(12), (byte) 0);
            }
            IpAddress address = IpAddress.of(bytes);
            assertThat(address.bytes()).isEqualTo(bytes);
            assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
            assertThat(IpAddress.of(address.toInetAddress())).isEqualTo(address);
        }
    }

    @Test
    void refusesOtherLengths() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpAddress.of(new byte[5]))
                .withMessage("address: 5 bytes (expected: 4 or 16)");
    }

    @Test
    void knowsLoopback() {
        assertThat(IpAddress.parse("127.9.9.9").isLoopback()).isTrue();
        assertThat(IpAddress.parse("::1").isLoopback()).isTrue();
        assertThat(IpAddress.parse("::ffff:127.0.0.1").isLoopback()).isTrue();
        assertThat(IpAddress.parse("128.0.0.1").isLoopback()).isFalse();
        assertThat(IpAddress.parse("::2").isLoopback()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:80", "[fd00::1]:15008", "0.0.0.0:0", "1.2.3.4:65535"})
    void readsAddressAndPort(String text) {
        assertThat(IpPort.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "10.0.0.1:",
                ":80",
                "fd00::1:80",
                "[fd00::1]",
                "10.0.0.1:65536",
                "10.0.0.1:-1",
                "10.0.0.1:+1",
                "[10.0.0.1]:80",
                "a:80",
                "10.0.0.1:000080"
            })
    void refusesWhatIsNoAddressAndPort(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpPort.parse(text));
    }
}
