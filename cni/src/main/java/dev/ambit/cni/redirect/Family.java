package dev.ambit.cni.redirect;

/** The two internet protocols, with what differs in their rules. */
enum Family {
    IPV4(
            "iptables",
            "-4",
            "127.0.0.1/32",
            "169.254.7.127/32",
            "0.0.0.0/0",
            "icmp-port-unreachable"),
    IPV6(
            "ip6tables",
            "-6",
            "::1/128",
            "fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128",
            "::/0",
            "icmp6-port-unreachable");

    /** Prefix of iptables' commands. */
    final String tool;

    /** The option of ip(8). */
    final String option;

    /** Never captured. */
    final String loopback;

    /** Where the kubelet's probes come from after the host's SNAT. */
    final String probes;

    /** The route that brings answers back to the node proxy's transparent sockets. */
    final String everything;

    /** What a refused datagram is answered with. */
    final String unreachable;

    Family(
            String tool,
            String option,
            String loopback,
            String probes,
            String everything,
            String unreachable) {
        this.tool = tool;
        this.option = option;
        this.loopback = loopback;
        this.probes = probes;
        this.everything = everything;
        this.unreachable = unreachable;
    }
}
