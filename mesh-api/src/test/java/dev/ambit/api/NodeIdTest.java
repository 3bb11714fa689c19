package dev.ambit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NodeIdTest {

    @Test
    void readsWhatProxiesSay() {
        String text = "waypoint~10.0.0.7~wp-5d.8.shop~shop.svc.cluster.local";
        NodeId id = NodeId.parse(text);
        assertThat(id)
                .isEqualTo(new NodeId("waypoint", "10.0.0.7", "wp-5d.8", "shop", "cluster.local"));
        assertThat(id).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a~b~c", "a~b~c~d", "~1.1.1.1~p.ns~ns.svc.d", "a~b~pod~ns.svc.d"})
    void refusesOtherForms(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> NodeId.parse(text));
    }
}
