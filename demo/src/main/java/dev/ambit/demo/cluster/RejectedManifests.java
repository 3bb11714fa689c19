package dev.ambit.demo.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes on what istiod says of manifests it does not take, so that who edits them sees it where
 * the demo was started. Owned by the cluster's thread.
 */
final class RejectedManifests {

    private static final Pattern COMPLAINT =
            Pattern.compile("(AMB14\\d\\d .*?) where: (.*?) why: (.*?) do: (.*)");

    private final Path log;
    private final Consumer<String> news;
    private long read;

    RejectedManifests(Path log, Consumer<String> news) {
        this.log = log;
        this.news = news;
    }

    void tell() {
        try {
            if (Files.size(log) == read) {
                return;
            }
            try (InputStream in = Files.newInputStream(log)) {
                in.skipNBytes(read);
                byte[] fresh = in.readAllBytes();
                int end = wholeLines(fresh);
                read += end;
                for (String line : new String(fresh, 0, end, StandardCharsets.UTF_8).split("\n")) {
                    Matcher m = COMPLAINT.matcher(line);
                    if (m.find()) {
                        news.accept(
                                "%s%n        where  %s%n        why    %s%n        do     %s"
                                        .formatted(m.group(1), m.group(2), m.group(3), m.group(4)));
                    }
                }
            }
        } catch (NoSuchFileException e) {
            // istiod has not said anything yet.
        } catch (IOException e) {
            news.accept("AMB1630  cannot read istiod's log: " + e);
        }
    }

    private static int wholeLines(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }
}
