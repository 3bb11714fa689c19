package dev.ambit.ztunnel.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.ambit.api.manifest.ShallowYaml;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The mesh state from a file instead of a control plane ({@code LOCAL_XDS_PATH}, ambient.md 1.26):
 * YAML, or JSON, in the form of {@code /config_dump}.
 *
 * @param workloads with the services they are endpoints of
 */
public record LocalStateFile(
        List<Workload> workloads, List<MeshService> services, List<Authorization> policies) {

    /** Files may hold as many workloads as a large mesh has. */
    private static final int MAX_CODE_POINTS = 512 << 20;

    /** A scalar with a YAML tag of the file's own, such as {@code !Exact x}. */
    record Tagged(String tag, String value) {}

    /**
     * Reads the text; throws {@link IllegalArgumentException} naming place, value and expectation.
     */
    public static LocalStateFile parse(String text) {
        LocalNode root = new LocalNode("", document(text));
        List<LocalNode> workloads = root.field("workloads").items();
        List<LocalNode> policies = root.field("policies").items();
        List<LocalNode> services = root.field("services").items();
        root.refuseOthers();
        return new LocalStateFile(
                workloads.stream().map(LocalAddresses::workload).toList(),
                services.stream().map(LocalAddresses::service).toList(),
                policies.stream().map(LocalPolicies::policy).toList());
    }

    private static @Nullable Object document(String text) {
        // JSON is YAML too, but a hundred thousand workloads are read ten times faster as JSON.
        if (text.stripLeading().startsWith("{")) {
            try {
                return JsonText.parse(text);
            } catch (JsonProcessingException notJson) {
                // A flow mapping that is YAML only.
            }
        }
        try {
            return ShallowYaml.load(text, settings());
        } catch (YamlEngineException broken) {
            throw new IllegalArgumentException(broken.getMessage(), broken);
        }
    }

    private static LoadSettings settings() {
        ConstructNode tagged = new TaggedScalar();
        return LoadSettings.builder()
                .setCodePointLimit(MAX_CODE_POINTS)
                .setTagConstructors(
                        Map.of(
                                new Tag("!Exact"), tagged,
                                new Tag("!Prefix"), tagged,
                                new Tag("!Suffix"), tagged,
                                new Tag("!Presence"), tagged))
                .build();
    }

    /** Makes {@link Tagged}. */
    private static final class TaggedScalar implements ConstructNode {
        @Override
        public Object construct(@Nullable Node node) {
            if (node == null) {
                throw new YamlEngineException("a tag without a value");
            }
            String tag = node.getTag().getValue().substring(1);
            return new Tagged(tag, node instanceof ScalarNode scalar ? scalar.getValue() : "");
        }
    }
}
