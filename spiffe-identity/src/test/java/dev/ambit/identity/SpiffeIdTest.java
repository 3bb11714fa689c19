package dev.ambit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpiffeIdTest {

    @Test
    void readsAndWritesTheSameText() {
        String uri = "spiffe://cluster.local/ns/default/sa/book-info_v1.2";
        SpiffeId id = SpiffeId.parse(uri);
        assertThat(id).isEqualTo(SpiffeId.of("cluster.local", "default", "book-info_v1.2"));
        assertThat(id.uri()).isEqualTo(uri);
        assertThat(id.principal()).isEqualTo("cluster.local/ns/default/sa/book-info_v1.2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe://",
                "https://cluster.local/ns/a/sa/b",
                "SPIFFE://cluster.local/ns/a/sa/b",
                "spiffe://Cluster.local/ns/a/sa/b",
                "spiffe://cluster.local/ns/a/sa/b/",
                "spiffe://cluster.local/ns/a/sa/",
                "spiffe://cluster.local//ns/a/sa/b",
                "spiffe://cluster.local/ns/../sa/b",
                "spiffe://cluster.local/ns/./sa/b",
                "spiffe://cluster.local/ns/a%2Fb/sa/b",
                "spiffe://cluster.local/ns/a/sa/b?x=1",
                "spiffe://cluster.local/ns/a/sa/b#x",
                "spiffe://cluster.local:80/ns/a/sa/b",
                "spiffe://user@cluster.local/ns/a/sa/b",
                "spiffe://cluster.local/ns/a/sa/b\u0000",
                "spiffe://cluster.local/ns/a/sa/b\n",
                "spiffe://cluster.local/ns/\u0430/sa/b",
                "spiffe://cluster.local/sa/a/ns/b",
                "spiffe://cluster.local/ns/a/sa/b/extra",
                "spiffe:///ns/a/sa/b"
            })
    void refusesEverythingElse(String uri) {
        assertThatThrownBy(() -> SpiffeId.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("[ -~]*");
    }

    @Test
    void refusesWhatIsTooLongAndShowsLittleOfIt() {
        String uri = "spiffe://cluster.local/ns/a/sa/" + "b".repeat(5000);
        assertThatThrownBy(() -> SpiffeId.parse(uri))
                .hasMessageContaining("characters more")
                .extracting(e -> String.valueOf(e.getMessage()).length())
                .satisfies(length -> assertThat((int) length).isLessThan(400));
    }
}
