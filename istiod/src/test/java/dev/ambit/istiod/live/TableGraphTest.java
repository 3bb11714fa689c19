package dev.ambit.istiod.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TableGraphTest {
    private final List<String> failures = new ArrayList<>();
    private final TableGraph graph =
            new TableGraph((table, key, cause) -> failures.add(table + "/" + key));
    private final LiveTable<String, Integer> numbers = graph.live("numbers");
    private final LiveTable<String, String> words = graph.live("words");

    @Test
    void onlyWhatDependsOnAChangedKeyIsComputedAgain() {
        DerivedTable<String, String> joined =
                graph.derived(
                        "joined", numbers, (k, r) -> r.get(numbers, k) + ":" + r.get(words, k));
        for (int i = 0; i < 100; i++) {
            numbers.put("k" + i, i);
        }
        graph.settle();
        assertThat(joined.computed()).isEqualTo(100);

        words.put("k7", "seven");
        graph.settle();
        assertThat(joined.computed()).isEqualTo(101);
        assertThat(joined.get("k7")).isEqualTo("7:seven");

        numbers.remove("k7");
        graph.settle();
        assertThat(joined.get("k7")).isNull();
        assertThat(joined.computed()).isEqualTo(101);
    }

    @Test
    void anEqualValueStopsTheWave() {
        DerivedTable<String, Boolean> even =
                graph.derived(
                        "even",
                        numbers,
                        (k, r) -> {
                            Integer n = r.get(numbers, k);
                            return n != null && n % 2 == 0;
                        });
        DerivedTable<String, String> text =
                graph.derived("text", even, (k, r) -> String.valueOf(r.get(even, k)));
        numbers.put("a", 2);
        graph.settle();
        numbers.put("a", 4);
        graph.settle();
        assertThat(even.computed()).isEqualTo(2);
        assertThat(text.computed()).isEqualTo(1);

        assertThat(numbers.put("a", 4)).isFalse();
        graph.settle();
        assertThat(even.computed()).isEqualTo(2);
    }

    @Test
    void readsOfWhatIsNotThereAreDependenciesToo() {
        DerivedTable<String, String> looks =
                graph.derived(
                        "looks",
                        numbers,
                        (k, r) -> {
                            String word = r.get(words, "late");
                            return word == null ? "none" : word;
                        });
        numbers.put("a", 1);
        graph.settle();
        assertThat(looks.get("a")).isEqualTo("none");
        words.put("late", "now");
        graph.settle();
        assertThat(looks.get("a")).isEqualTo("now");
    }

    @Test
    void whatIsNoLongerReadIsNoLongerADependency() {
        DerivedTable<String, String> looks =
                graph.derived(
                        "looks",
                        numbers,
                        (k, r) -> {
                            Integer n = r.get(numbers, k);
                            return n != null && n > 0 ? String.valueOf(r.get(words, "w")) : "small";
                        });
        numbers.put("a", 1);
        graph.settle();
        numbers.put("a", -1);
        graph.settle();
        long before = looks.computed();
        words.put("w", "changed");
        graph.settle();
        assertThat(looks.computed()).isEqualTo(before);
    }

    @Test
    void anIndexTellsOfMembersThatComeAndGo() {
        IndexTable<Boolean, String> byParity =
                graph.index("byParity", numbers, (k, v) -> List.of(v % 2 == 0));
        DerivedTable<Boolean, Integer> sum =
                graph.derived(
                        "sum",
                        byParity,
                        (parity, r) -> {
                            int total = 0;
                            for (String member : r.find(byParity, parity)) {
                                Integer n = r.get(numbers, member);
                                total += n == null ? 0 : n;
                            }
                            return total;
                        });
        numbers.put("a", 2);
        numbers.put("b", 4);
        numbers.put("c", 3);
        graph.settle();
        assertThat(sum.entries())
                .containsOnly(java.util.Map.entry(true, 6), java.util.Map.entry(false, 3));
        numbers.put("a", 5);
        graph.settle();
        assertThat(sum.entries())
                .containsOnly(java.util.Map.entry(true, 4), java.util.Map.entry(false, 8));
        numbers.remove("b");
        graph.settle();
        assertThat(sum.entries()).containsOnly(java.util.Map.entry(false, 8));
    }

    @Test
    void listenersHearOncePerWaveWhichKeysChanged() {
        DerivedTable<String, Integer> twice =
                graph.derived(
                        "twice",
                        numbers,
                        (k, r) -> {
                            Integer n = r.get(numbers, k);
                            return n == null ? null : n * 2;
                        });
        List<String> heard = new ArrayList<>();
        twice.onEachChange(key -> heard.add(key + "=" + twice.get(key)));
        numbers.put("a", 1);
        numbers.put("a", 2);
        numbers.put("b", 2);
        graph.settle();
        graph.settle();
        numbers.remove("a");
        graph.settle();
        assertThat(heard).containsExactly("a=4", "b=4", "a=null");
    }

    @Test
    void aListenerThatThrowsHoldsUpNobodyElse() {
        List<String> heard = new ArrayList<>();
        numbers.onEachChange(
                key -> {
                    if (key.equals("a")) {
                        throw new IllegalStateException("a bug");
                    }
                    heard.add(key);
                });
        numbers.put("a", 1);
        numbers.put("b", 1);
        graph.settle();
        assertThat(heard).containsExactly("b");
        assertThat(failures).containsExactly("numbers/a");
    }

    /** A recipe that throws keeps its key's value, the others go on, and it runs again later. */
    @Test
    void aRecipeThatThrowsHoldsUpNobodyElse() {
        DerivedTable<String, Integer> inverse =
                graph.derived(
                        "inverse",
                        numbers,
                        (k, r) -> {
                            Integer n = r.get(numbers, k);
                            return n == null ? null : 100 / n;
                        });
        numbers.put("a", 5);
        numbers.put("b", 10);
        graph.settle();
        numbers.put("a", 0);
        numbers.put("b", 20);
        graph.settle();
        assertThat(failures).containsExactly("inverse/a");
        assertThat(inverse.get("a")).isEqualTo(20);
        assertThat(inverse.get("b")).isEqualTo(5);
        numbers.put("a", 50);
        graph.settle();
        assertThat(inverse.get("a")).isEqualTo(2);
    }

    @Test
    void aTableMayReadOnlyTablesMadeBeforeIt() {
        List<Table<String, ?>> later = new ArrayList<>();
        graph.derived("early", numbers, (k, r) -> String.valueOf(r.get(later.getFirst(), k)));
        later.add(graph.live("later"));
        numbers.put("a", 1);
        graph.settle();
        assertThat(failures).containsExactly("early/a");
    }

    @Test
    void viewsCannotBeChanged() {
        numbers.put("a", 1);
        assertThatThrownBy(() -> numbers.entries().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
