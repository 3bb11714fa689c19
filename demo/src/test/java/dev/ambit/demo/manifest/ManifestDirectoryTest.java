package dev.ambit.demo.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestDirectoryTest {

    private static final ObjectKey DETAILS = new ObjectKey("Service", "shop", "details");

    @TempDir Path directory;
    private final List<String> complaints = new ArrayList<>();

    @Test
    void documentsOfOneObjectMergeInTheOrderOfTheirFiles() throws IOException {
        write("a.yaml", service("clusterIP: 10.0.0.1", "selector: {app: details}"));
        write("b.yaml", service("clusterIP: 10.0.0.2", "type: ClusterIP"));
        ManifestDirectory manifests = new ManifestDirectory(directory, complaints::add);

        assertThat(manifests.refresh()).isTrue();

        Tree spec = tree(manifests).at("spec");
        assertThat(spec.labels()).containsEntry("clusterIP", "10.0.0.2");
        assertThat(spec.at("selector", "app").text("")).isEqualTo("details");
        assertThat(spec.at("type").text("")).isEqualTo("ClusterIP");
    }

    @Test
    void aListIsItsItemsAndHiddenFilesAreNotRead() throws IOException {
        write(".half.yaml", "nonsense: [");
        write("all.yaml", "kind: List\nitems:\n- " + service("a: 1").replace("\n", "\n  "));
        ManifestDirectory manifests = new ManifestDirectory(directory, complaints::add);
        manifests.refresh();

        assertThat(manifests.objects()).containsOnlyKeys(DETAILS);
        assertThat(complaints).isEmpty();
    }

    @Test
    void aBrokenFileIsNamedOnceAndItsLastGoodContentStays() throws IOException {
        write("a.yaml", service("clusterIP: 10.0.0.1"));
        ManifestDirectory manifests = new ManifestDirectory(directory, complaints::add);
        manifests.refresh();
        write("a.yaml", service("clusterIP: [") + "\nlonger: than before");

        assertThat(manifests.refresh()).isTrue();
        assertThat(manifests.refresh()).isFalse();

        assertThat(tree(manifests).at("spec", "clusterIP").text("")).isEqualTo("10.0.0.1");
        assertThat(complaints).hasSize(1);
        assertThat(complaints.get(0)).contains("AMB1620", "a.yaml", "line");
    }

    @Test
    void aRemovedFileTakesItsObjectsWithIt() throws IOException {
        write("a.yaml", service("a: 1"));
        ManifestDirectory manifests = new ManifestDirectory(directory, complaints::add);
        manifests.refresh();
        Files.delete(directory.resolve("a.yaml"));

        assertThat(manifests.refresh()).isTrue();
        assertThat(manifests.objects()).isEmpty();
    }

    @Test
    void whatIsPrintedReadsBackTheSame() {
        String text = Yaml.print(List.of(Map.of("status", "True", "number", 7, "odd", "1e3")));
        Tree back = Yaml.parse(text, "text").get(0);
        assertThat(back.value()).isEqualTo(Map.of("status", "True", "number", 7, "odd", "1e3"));
        assertThat(text).contains("'True'");
    }

    private static String service(String... spec) {
        return "apiVersion: v1\nkind: Service\nmetadata: {name: details, namespace: shop}\nspec:\n  "
                + String.join("\n  ", spec)
                + "\n";
    }

    private static Tree tree(ManifestDirectory manifests) {
        return manifests.objects().getOrDefault(DETAILS, new Tree(null));
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
