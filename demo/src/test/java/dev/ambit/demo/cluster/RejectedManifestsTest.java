package dev.ambit.demo.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RejectedManifestsTest {

    @TempDir Path directory;

    @Test
    void eachComplaintIsToldOnceAndOnlyWhenItsLineIsWhole() throws IOException {
        Path log = directory.resolve("istiod.log");
        List<String> told = new ArrayList<>();
        RejectedManifests rejected = new RejectedManifests(log, told::add);
        rejected.tell();
        Files.writeString(
                log,
                "x\tinfo\tready\ny\terror\tAMB1410 Route a/b is not taken where: f.yaml:3 why: no do: fix");
        rejected.tell();
        assertThat(told).isEmpty();

        Files.writeString(log, " it\nz\tinfo\tmore\n", StandardOpenOption.APPEND);
        rejected.tell();
        rejected.tell();

        assertThat(told)
                .containsExactly(
                        """
                        AMB1410 Route a/b is not taken
                                where  f.yaml:3
                                why    no
                                do     fix it""");
    }
}
