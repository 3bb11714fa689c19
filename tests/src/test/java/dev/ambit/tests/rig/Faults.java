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
        all.add(
                Fault.missing(
                        "dns-dead", "the rig has no load of DNS queries through the proxy yet"));
        all.add(Fault.missing("upgrade", "the rig does not replace a running proxy yet"));
        return List.copyOf(all);
    }
}
