package dev.ambit.perf.bed;

/** Ports of the load server in each pod that is a target. */
final class LoadPorts {

    static final int HTTP = 8080;
    static final int BULK = 5201;

    private LoadPorts() {}
}
