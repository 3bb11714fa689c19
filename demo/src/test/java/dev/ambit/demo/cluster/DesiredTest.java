package dev.ambit.demo.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.cluster.Desired.ServicePort;
import dev.ambit.demo.manifest.ObjectKey;
import dev.ambit.demo.manifest.Tree;
import dev.ambit.demo.manifest.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DesiredTest {

    private static final String DEPLOYMENT =
            """
            kind: Deployment
            metadata: {name: web, namespace: shop}
            spec:
              replicas: 3
              template:
                metadata:
                  labels: {app: web}
                spec:
                  serviceAccountName: clerk
                  containers:
                    - name: main
                      image: anything
                      command: [sleep]
                      args: ["1000"]
                      env: [{name: A, value: b}]
                      ports: [{name: http, containerPort: 8080}]
                      readinessProbe: {httpGet: {port: 8080, path: /ok}}
            """;

    private final List<String> complaints = new ArrayList<>();

    @Test
    void aDeploymentIsATemplateOfItsFirstContainer() {
        PodTemplate template = only(DEPLOYMENT);
        assertThat(template.replicas()).isEqualTo(3);
        assertThat(template.serviceAccount()).isEqualTo("clerk");
        assertThat(template.labels())
                .containsEntry("app", "web")
                .containsEntry("pod-template-hash", template.hash());
        assertThat(template.container())
                .isEqualTo(
                        new PodTemplate.Container(
                                "main",
                                "anything",
                                List.of("sleep", "1000"),
                                Map.of("A", "b"),
                                List.of(new PodTemplate.Port("http", 8080)),
                                Optional.of(new PodTemplate.Readiness(8080, "/ok"))));
    }

    @Test
    void onlyAChangedTemplateMeansNewPods() {
        String hash = only(DEPLOYMENT).hash();
        assertThat(only(DEPLOYMENT.replace("replicas: 3", "replicas: 1")).hash()).isEqualTo(hash);
        assertThat(only(DEPLOYMENT.replace("value: b", "value: c")).hash()).isNotEqualTo(hash);
    }

    @Test
    void anImageNobodyHasHereIsNamed() {
        Desired desired = desired(DEPLOYMENT.replace("command: [sleep]", "workingDir: /"), true);
        assertThat(desired.templates()).isEmpty();
        assertThat(complaints).hasSize(1);
        assertThat(complaints.get(0)).contains("AMB1623", "shop/web", "image: anything");
    }

    @Test
    void portsOfAServiceDefaultToThemselves() {
        Desired desired =
                desired(
                        """
                        kind: Service
                        metadata: {name: web, namespace: shop}
                        spec:
                          selector: {app: web}
                          ports: [{port: 80, targetPort: http}, {port: 81}]
                        """,
                        true);
        assertThat(desired.services().get(0).ports())
                .containsExactly(new ServicePort("", 80, "http"), new ServicePort("", 81, "81"));
    }

    @Test
    void aServiceKeepsItsAddressAndAHeadlessOneHasNone() {
        ServiceAddresses addresses = new ServiceAddresses();
        Desired.ServiceObject web = service("web", "");
        String first = addresses.of(web);
        assertThat(addresses.of(service("other", ""))).isNotEqualTo(first);
        assertThat(addresses.of(web)).isEqualTo(first).startsWith("10.96.");
        assertThat(addresses.of(service("own", "10.96.7.7"))).isEqualTo("10.96.7.7");
        assertThat(addresses.of(service("headless", "None"))).isEmpty();
    }

    @Test
    void enrolmentFollowsTheLabelsOfNamespaceAndPod() {
        assertThat(enrolled("ambient", "")).isTrue();
        assertThat(enrolled("ambient", "none")).isFalse();
        assertThat(enrolled("", "ambient")).isTrue();
        assertThat(enrolled("", "")).isFalse();
    }

    private boolean enrolled(String namespace, String pod) {
        Desired desired =
                desired(
                        DEPLOYMENT.replace(
                                        "labels: {app: web}",
                                        "labels: {istio.io/dataplane-mode: '" + pod + "'}")
                                + "---\nkind: Namespace\nmetadata: {name: shop, labels: {"
                                + "istio.io/dataplane-mode: '"
                                + namespace
                                + "'}}\n",
                        true);
        return Enrolment.wanted(desired.templates().get(0), desired);
    }

    private static Desired.ServiceObject service(String name, String address) {
        return new Desired.ServiceObject("shop", name, address, Map.of(), List.of());
    }

    private PodTemplate only(String yaml) {
        return desired(yaml, true).templates().get(0);
    }

    private Desired desired(String yaml, boolean mesh) {
        Map<ObjectKey, Tree> objects = new LinkedHashMap<>();
        for (Tree t : Yaml.parse(yaml, "test")) {
            objects.put(
                    new ObjectKey(
                            t.at("kind").text(""),
                            t.at("metadata", "namespace").text(""),
                            t.at("metadata", "name").text("")),
                    t);
        }
        Programs programs = new Programs(Path.of("/nowhere"), Path.of("/nowhere/java"));
        return Desired.of(objects, programs, mesh, complaints::add);
    }
}
