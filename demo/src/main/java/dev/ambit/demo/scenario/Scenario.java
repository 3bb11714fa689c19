package dev.ambit.demo.scenario;

import java.util.List;

/** One thing to try. */
interface Scenario {

    /** As typed. */
    String name();

    /** Its manifests, in the order they are applied. */
    List<String> manifests();

    void play(Stage stage) throws Exception;
}
