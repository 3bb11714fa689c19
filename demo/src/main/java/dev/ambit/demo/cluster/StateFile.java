package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.Bed;
import dev.ambit.demo.bed.Running;
import dev.ambit.demo.manifest.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes what other commands of the demo want to know of the running one. */
final class StateFile {

    private final RuntimeDirectory files;
    private String written = "";

    StateFile(RuntimeDirectory files) {
        this.files = files;
    }

    void write(
            Bed bed,
            Path manifests,
            List<PodLife> pods,
            List<Running> mesh,
            Map<String, Map<String, String>> environments) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("supervisor", ProcessHandle.current().pid());
        state.put("prefix", bed.plan().prefix());
        state.put("manifests", manifests.toString());
        List<Object> processes = new ArrayList<>();
        for (Running r : mesh) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", r.name());
            one.put("pid", r.pid());
            one.put("address", r.place().address());
            one.put("netns", r.place().netns().toString());
            one.put("place", r.place().name());
            one.put("log", r.log().toString());
            processes.add(one);
        }
        state.put("processes", processes);
        List<Object> all = new ArrayList<>();
        for (PodLife p : pods) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", p.name());
            one.put("namespace", p.template().namespace());
            one.put("owner", p.template().owner());
            one.put("node", p.place().node().name());
            one.put("address", p.place().address());
            one.put("netns", p.place().netns().toString());
            one.put("phase", p.phase().toString().toLowerCase(Locale.ROOT));
            one.put("restarts", p.restarts());
            one.put("serviceAccount", p.template().serviceAccount());
            one.put("log", files.logs().resolve(p.name() + ".log").toString());
            one.put("environment", environments.getOrDefault(p.name(), Map.of()));
            all.add(one);
        }
        state.put("pods", all);
        String text = Yaml.print(List.of(state));
        if (!text.equals(written)) {
            try {
                Yaml.write(files.state(), text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            written = text;
        }
    }
}
