package dev.ambit.tests.rig;

import java.util.ArrayList;
import java.util.List;

/** The catalogue, in the order of the table. */
final class Faults {

    private Faults() {}

    static List<Fault> all(CaFiles ca) {
        List<Fault> all = new ArrayList<>();
        all.addAll(ProcessFaults.all());
        all.addAll(NetworkFaults.all());
        all.addAll(new ControlFaults(ca).all());
        all.addAll(new Floods(ca).all());
        return List.copyOf(all);
    }
}
