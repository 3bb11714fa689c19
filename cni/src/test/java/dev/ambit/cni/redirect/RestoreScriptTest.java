package dev.ambit.cni.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.cni.enrolment.Capture;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RestoreScriptTest {

    private static final Capture PLAIN = new Capture(true, false, List.of());
    private static final SavedRules NOTHING = SavedRules.parse("");

    @Test
    void writesTheRulesOfAPod() {
        assertThat(RestoreScript.install(NOTHING, RuleSet.of(Family.IPV4, PLAIN)))
                .isEqualTo(
                        """
                        *mangle
                        :ISTIO_PRERT - [0:0]
                        :ISTIO_OUTPUT - [0:0]
                        -A OUTPUT -j ISTIO_OUTPUT
                        -A PREROUTING -j ISTIO_PRERT
                        -A ISTIO_PRERT -m mark --mark 0x539/0xfff -j CONNMARK --set-xmark 0x111/0xfff
                        -A ISTIO_OUTPUT -m connmark --mark 0x111/0xfff -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff
                        COMMIT
                        *nat
                        :ISTIO_PRERT - [0:0]
                        :ISTIO_OUTPUT - [0:0]
                        -A OUTPUT -j ISTIO_OUTPUT
                        -A PREROUTING -j ISTIO_PRERT
                        -A ISTIO_PRERT -s 169.254.7.127/32 -p tcp -j ACCEPT
                        -A ISTIO_PRERT ! -d 127.0.0.1/32 -p tcp -m tcp ! --dport 15008 -m mark ! --mark 0x539/0xfff -j REDIRECT --to-ports 15006
                        -A ISTIO_OUTPUT -d 169.254.7.127/32 -p tcp -j ACCEPT
                        -A ISTIO_OUTPUT -p tcp -m mark --mark 0x111/0xfff -j ACCEPT
                        -A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -j ACCEPT
                        -A ISTIO_OUTPUT ! -d 127.0.0.1/32 -p tcp -m mark ! --mark 0x539/0xfff -j REDIRECT --to-ports 15001
                        COMMIT
                        """);
    }

    @Test
    void capturesDnsOnlyWhereItIsWanted() {
        String without = RestoreScript.install(NOTHING, RuleSet.of(Family.IPV4, PLAIN));
        String with =
                RestoreScript.install(
                        NOTHING, RuleSet.of(Family.IPV4, new Capture(true, true, List.of())));
        assertThat(without).doesNotContain("15053", "*raw");
        assertThat(with)
                .contains(
                        "-A ISTIO_OUTPUT ! -o lo -p udp -m udp --dport 53 -m mark ! --mark"
                                + " 0x539/0xfff -j REDIRECT --to-ports 15053\n")
                .contains(
                        "-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -p tcp -m tcp --dport 53 -m mark !"
                                + " --mark 0x539/0xfff -j REDIRECT --to-ports 15053\n")
                .contains("*raw\n", "-j CT --zone 1\n");
    }

    @Test
    void leavesInboundAloneAndTakesVirtualInterfacesInWhereAsked() {
        assertThat(
                        RestoreScript.install(
                                NOTHING,
                                RuleSet.of(Family.IPV4, new Capture(false, false, List.of("vm0")))))
                .doesNotContain("15006")
                .contains("-A ISTIO_PRERT -i vm0 -p tcp -j REDIRECT --to-ports 15001\n")
                .contains("-A ISTIO_PRERT -i vm0 -p tcp -j RETURN\n");
    }

    @Test
    void usesTheAddressesOfEachFamily() {
        assertThat(RestoreScript.install(NOTHING, RuleSet.of(Family.IPV6, PLAIN)))
                .contains("! -d ::1/128 -o lo", "fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128")
                .doesNotContain("127.0.0.1");
    }

    @Test
    void takesAwayJumpsItFindsTwiceAndTablesNoLongerWanted() {
        SavedRules present =
                SavedRules.parse(
                        """
                        *nat
                        :OUTPUT ACCEPT [0:0]
                        :ISTIO_OUTPUT - [0:0]
                        -A OUTPUT -j SOMEBODY_ELSE
                        -A OUTPUT -j ISTIO_OUTPUT
                        -A OUTPUT -j ISTIO_OUTPUT
                        COMMIT
                        *raw
                        :ISTIO_OUTPUT - [0:0]
                        -A OUTPUT -j ISTIO_OUTPUT
                        COMMIT
                        """);
        String script = RestoreScript.install(present, RuleSet.of(Family.IPV4, PLAIN));
        assertThat(script)
                .contains(
                        "-D OUTPUT -j ISTIO_OUTPUT\n-D OUTPUT -j ISTIO_OUTPUT\n-A OUTPUT -j"
                                + " ISTIO_OUTPUT\n")
                .doesNotContain("SOMEBODY_ELSE")
                .endsWith(
                        """
                        *raw
                        -D OUTPUT -j ISTIO_OUTPUT
                        -F ISTIO_OUTPUT
                        -X ISTIO_OUTPUT
                        COMMIT
                        """);
        assertThat(RestoreScript.remove(NOTHING)).isEmpty();
    }

    @Test
    void seesThatARuleIsMissingOrAJumpIs() {
        RuleSet nat = RuleSet.of(Family.IPV4, PLAIN).get(1);
        String whole = RestoreScript.install(NOTHING, List.of(nat));
        assertThat(SavedRules.parse(whole).contains(nat)).isTrue();
        String noJump = whole.replace("-A OUTPUT -j ISTIO_OUTPUT\n", "");
        assertThat(SavedRules.parse(noJump).contains(nat)).isFalse();
        String noRule = whole.replaceAll("-A ISTIO_OUTPUT.*15001\n", "");
        assertThat(SavedRules.parse(noRule).contains(nat)).isFalse();
    }
}
