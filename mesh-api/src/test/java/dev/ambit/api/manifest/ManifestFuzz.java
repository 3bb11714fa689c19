package dev.ambit.api.manifest;

import java.nio.file.Path;
import java.util.List;

/** A manifest file: objects, each with the line it stands on, or a refusal that says where. */
public final class ManifestFuzz {

    private static final Path FILE = Path.of("fuzz.yaml");

    private ManifestFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        List<ManifestDocument> documents;
        try {
            documents = ManifestParser.parse(FILE, input);
        } catch (InvalidManifest refused) {
            if (refused.problem().where().line() < 0 || refused.problem().why().isEmpty()) {
                throw new IllegalStateException("refused without a reason", refused);
            }
            return;
        }
        for (ManifestDocument document : documents) {
            if (document.start().line() < 1) {
                throw new IllegalStateException("stands nowhere: " + document.key());
            }
        }
    }
}
