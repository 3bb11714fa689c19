package dev.ambit.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TlsPolicyTest {

    @Test
    void readsBothVariables() {
        assertThat(TlsPolicy.from(EnvReader.of(Map.of()))).isEqualTo(TlsPolicy.DEFAULT);
        assertThat(TlsPolicy.DEFAULT)
                .isEqualTo(new TlsPolicy(List.of("X25519MLKEM768", "X25519", "P-256"), false));
        assertThat(TlsPolicy.from(EnvReader.of(Map.of("COMPLIANCE_POLICY", "pqc"))))
                .isEqualTo(new TlsPolicy(List.of("X25519MLKEM768"), false));
        assertThat(TlsPolicy.from(EnvReader.of(Map.of("TLS12_ENABLED", "true"))).tls12()).isTrue();
    }

    @Test
    void refusesPromisesThatCannotBeKept() {
        for (Map<String, String> env :
                List.of(
                        Map.of("COMPLIANCE_POLICY", "fips-140-3"),
                        Map.of("COMPLIANCE_POLICY", "pqc", "TLS12_ENABLED", "true"))) {
            EnvReader reader = EnvReader.of(env);
            TlsPolicy.from(reader);
            assertThatThrownBy(reader::finish).isInstanceOf(ConfigException.class);
        }
    }
}
