package dev.ambit.waypoint.failure;

/**
 * The closed list of failures a request can meet, with what each becomes: status, text for the
 * client, Envoy's response flag, Envoy's response code details, and whether and when another try is
 * allowed. Users grep for flags and texts, so they are Envoy's to the letter.
 */
public enum FailureKind {
    /** A policy says no. The text does not tell which. */
    POLICY_DENIED(403, "RBAC: access denied", "-", "rbac_access_denied", Side.INTERNAL),
    /** The request is not HTTP, or HTTP that two parsers could read differently. */
    BAD_REQUEST(400, "Bad Request", "DPE", "http1.codec_error", Side.DOWNSTREAM),
    /** More header bytes or fields than the limit. */
    HEADERS_TOO_LARGE(
            431,
            "Request Header Fields Too Large",
            "DPE",
            "request_headers_too_large",
            Side.DOWNSTREAM),
    /** The client began a request and did not finish its head in time. */
    REQUEST_HEADER_TIMEOUT(408, "request timeout", "-", "request_header_timeout", Side.DOWNSTREAM),
    /** Nothing moved in either direction for too long. */
    STREAM_IDLE(408, "stream timeout", "SI", "stream_idle_timeout", Side.DOWNSTREAM),
    /** The client went away; nobody reads the answer. */
    CLIENT_GONE(0, "", "DC", "downstream_remote_disconnect", Side.DOWNSTREAM),
    /** No rule of the service's routes takes the request. */
    NO_ROUTE(404, "", "NR", "route_not_found", Side.INTERNAL),
    /** The route names a backend that does not exist or may not be used (Gateway API: 500). */
    INVALID_BACKEND(500, "", "-", "direct_response", Side.INTERNAL),
    /** The route's backend is a service this waypoint does not know (yet). */
    NO_CLUSTER(503, "", "NC", "cluster_not_found", Side.INTERNAL),
    /** The service is known, none of its endpoints is healthy. */
    NO_HEALTHY_UPSTREAM(503, "no healthy upstream", "UH", "no_healthy_upstream", Side.UPSTREAM),
    /**
     * The TCP connection, the mesh's TLS or the CONNECT failed. Nothing of the request was sent.
     */
    CONNECT_FAILURE(
            503,
            reset("remote connection failure"),
            "UF",
            "upstream_reset_before_response_started{remote_connection_failure}",
            Side.UPSTREAM,
            Retry.CONNECT_FAILURE),
    /** As above, and it took too long. */
    CONNECT_TIMEOUT(
            503,
            reset("connection timeout"),
            "UF",
            "upstream_reset_before_response_started{connection_timeout}",
            Side.UPSTREAM,
            Retry.CONNECT_FAILURE),
    /** The destination refused the stream before looking at it (RST_STREAM REFUSED_STREAM). */
    REFUSED_STREAM(
            503,
            reset("remote refused stream reset"),
            "UR",
            "upstream_reset_before_response_started{remote_refused_stream_reset}",
            Side.UPSTREAM,
            Retry.REFUSED_STREAM),
    /** The destination reset the stream. */
    REMOTE_RESET(
            503,
            reset("remote reset"),
            "UR",
            "upstream_reset_before_response_started{remote_reset}",
            Side.UPSTREAM,
            Retry.RESET),
    /** The connection to the destination ended before its answer began. */
    CONNECTION_TERMINATED(
            503,
            reset("connection termination"),
            "UC",
            "upstream_reset_before_response_started{connection_termination}",
            Side.UPSTREAM,
            Retry.RESET),
    /** A pooled connection was closed by the destination as the request was sent on it. */
    STALE_CONNECTION(
            503,
            reset("connection termination"),
            "UC",
            "upstream_reset_before_response_started{connection_termination}",
            Side.UPSTREAM,
            Retry.STALE_CONNECTION),
    /** The destination's answer is not HTTP. */
    UPSTREAM_PROTOCOL(
            502,
            reset("protocol error"),
            "UPE",
            "upstream_reset_before_response_started{protocol_error}",
            Side.UPSTREAM),
    /** The destination broke off in the middle of its answer. */
    RESPONSE_TRUNCATED(
            503,
            reset("connection termination"),
            "UC",
            "upstream_reset_after_response_started{connection_termination}",
            Side.UPSTREAM),
    /** The route's whole time is over. */
    REQUEST_TIMEOUT(
            504, "upstream request timeout", "UT", "upstream_response_timeout", Side.UPSTREAM),
    /** One try's time is over. */
    TRY_TIMEOUT(
            504,
            "upstream request timeout",
            "UT",
            "upstream_per_try_timeout",
            Side.UPSTREAM,
            Retry.TRY_TIMEOUT),
    /** A limit of this process towards the destination is reached. */
    OVERFLOW(
            503,
            reset("overflow"),
            "UO",
            "upstream_reset_before_response_started{overflow}",
            Side.INTERNAL),
    /** A fault of ours. */
    INTERNAL(500, "internal error", "-", "internal_error", Side.INTERNAL);

    /** Whose fault it is. */
    public enum Side {
        DOWNSTREAM,
        UPSTREAM,
        INTERNAL
    }

    /** The condition under which a retry policy may try again. */
    public enum Retry {
        NEVER,
        CONNECT_FAILURE,
        REFUSED_STREAM,
        RESET,
        STALE_CONNECTION,
        TRY_TIMEOUT
    }

    private final int status;
    private final String body;
    private final String flag;
    private final String detail;
    private final Side side;
    private final Retry retry;

    FailureKind(int status, String body, String flag, String detail, Side side) {
        this(status, body, flag, detail, side, Retry.NEVER);
    }

    FailureKind(int status, String body, String flag, String detail, Side side, Retry retry) {
        this.status = status;
        this.body = body;
        this.flag = flag;
        this.detail = detail;
        this.side = side;
        this.retry = retry;
    }

    private static String reset(String reason) {
        return "upstream connect error or disconnect/reset before headers. reset reason: " + reason;
    }

    /** HTTP status of the answer; 0 where no answer can be given. */
    public int status() {
        return status;
    }

    public String body() {
        return body;
    }

    /** Envoy's response flag, {@code -} for none. */
    public String flag() {
        return flag;
    }

    /** Envoy's response code details. */
    public String detail() {
        return detail;
    }

    public Side side() {
        return side;
    }

    public Retry retry() {
        return retry;
    }
}
