package dev.ambit.runtime.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ProfileTest {

    /** Decoded by hand along profile.proto. */
    @Test
    void writesSamplesTablesAndPeriod() {
        Pprof profile = new Pprof(new Pprof.ValueType("cpu", "ns"));
        Pprof.Frame frame = new Pprof.Frame("f", 7);
        profile.add(List.of(frame), 300);
        profile.add(List.of(frame), 200);
        assertThat(profile.size()).isEqualTo(1);
        assertThat(HexFormat.of().formatHex(profile.encode(1, 2, 3)))
                .isEqualTo(
                        "0a0408011002" // sample_type {cpu, ns}
                                + "1207"
                                + "0a0101"
                                + "1202f403" // sample {[1], [500]}
                                + "4801"
                                + "5002"
                                + "5a0408011002"
                                + "6003"
                                + "2208"
                                + "0801"
                                + "2204"
                                + "0801"
                                + "1007" // location 1
                                + "2a06"
                                + "0801"
                                + "1003"
                                + "1803" // function 1
                                + "3200"
                                + "3203637075"
                                + "32026e73"
                                + "320166");
    }

    @Test
    void findsAThreadThatWorks() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        LongAdder work = new LongAdder();
        Thread busy =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    while (!stop.get()) {
                                        work.increment();
                                    }
                                });
        byte[] profile = CpuProfile.record(Duration.ofSeconds(1), 100);
        stop.set(true);
        busy.join();
        assertThat(new String(profile, StandardCharsets.ISO_8859_1))
                .contains("samples")
                .contains("nanoseconds")
                .contains("dev.ambit.runtime.profile.ProfileTest");
    }

    @Test
    void readsTheClassHistogram() throws Exception {
        byte[] profile =
                HeapProfile.profile(
                        """
                         num     #instances         #bytes  class name (module)
                        -------------------------------------------------------
                           1:            12            345  [B (java.base@25)
                        Total            12            345
                        """,
                        Instant.EPOCH);
        assertThat(new String(profile, StandardCharsets.ISO_8859_1))
                .contains("inuse_space", "[B")
                .doesNotContain("Total");
        assertThat(new String(HeapProfile.take(), StandardCharsets.ISO_8859_1))
                .contains("java.lang.String");
    }
}
