package dev.ambit.demo.scenario;

import java.util.List;

/** One thing to try. */
interface Scenario {

    /** As typed. */
    String name();

    /** Its manifests, in the order they are applied. */
    List<String> manifests();

    /** In the order they are taken back; with a moment between them for the mesh to follow. */
    default List<String> undoing() {
        return manifests().reversed();
    }

    void play(Stage stage) throws Exception;
}
