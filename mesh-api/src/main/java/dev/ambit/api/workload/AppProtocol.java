package dev.ambit.api.workload;

/** What a port speaks, as far as somebody declared it. */
public enum AppProtocol {
    UNKNOWN,
    HTTP11,
    HTTP2,
    GRPC,
    TCP,
    TLS
}
