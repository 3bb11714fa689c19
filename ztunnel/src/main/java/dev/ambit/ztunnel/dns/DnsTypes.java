package dev.ambit.ztunnel.dns;

import java.util.Map;

/** Numbers of RFC 1035 and its successors. */
final class DnsTypes {

    static final int HEADER = 12;
    static final int CLASS_IN = 1;

    static final int A = 1;
    static final int NS = 2;
    static final int CNAME = 5;
    static final int SOA = 6;
    static final int AAAA = 28;
    static final int DNAME = 39;
    static final int OPT = 41;

    static final int NO_ERROR = 0;
    static final int FORMAT_ERROR = 1;
    static final int SERVER_FAILURE = 2;
    static final int NAME_ERROR = 3;
    static final int NOT_IMPLEMENTED = 4;
    static final int REFUSED = 5;

    /** Extended code, RFC 6891. */
    static final int BAD_VERSION = 16;

    static final int FLAG_RESPONSE = 0x8000;
    static final int FLAG_AUTHORITATIVE = 0x0400;
    static final int FLAG_TRUNCATED = 0x0200;
    static final int FLAG_RECURSION_DESIRED = 0x0100;
    static final int FLAG_RECURSION_AVAILABLE = 0x0080;
    static final int FLAG_CHECKING_DISABLED = 0x0010;
    static final int OPCODE = 0x7800;

    private static final Map<Integer, String> NAMES =
            Map.ofEntries(
                    Map.entry(A, "a"),
                    Map.entry(NS, "ns"),
                    Map.entry(CNAME, "cname"),
                    Map.entry(SOA, "soa"),
                    Map.entry(12, "ptr"),
                    Map.entry(13, "hinfo"),
                    Map.entry(15, "mx"),
                    Map.entry(16, "txt"),
                    Map.entry(AAAA, "aaaa"),
                    Map.entry(33, "srv"),
                    Map.entry(35, "naptr"),
                    Map.entry(DNAME, "dname"),
                    Map.entry(43, "ds"),
                    Map.entry(46, "rrsig"),
                    Map.entry(47, "nsec"),
                    Map.entry(48, "dnskey"),
                    Map.entry(64, "svcb"),
                    Map.entry(65, "https"),
                    Map.entry(251, "ixfr"),
                    Map.entry(252, "axfr"),
                    Map.entry(255, "any"),
                    Map.entry(257, "caa"));

    private DnsTypes() {}

    /** As the metric's label has it; numbers nobody uses share one value. */
    static String label(int type) {
        return NAMES.getOrDefault(type, "unknown");
    }
}
