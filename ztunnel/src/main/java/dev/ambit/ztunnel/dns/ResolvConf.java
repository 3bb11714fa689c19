package dev.ambit.ztunnel.dns;

import dev.ambit.api.IpAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A resolver's configuration, resolv.conf(5). What cannot be used is left out, as resolvers do:
 * among it addresses with a zone, which mean nothing in another namespace.
 *
 * @param search in lower case, without dots at their ends
 */
record ResolvConf(List<InetSocketAddress> nameservers, List<String> search) {

    static final int PORT = 53;
    private static final int MAX_SERVERS = 8;
    private static final int MAX_SEARCH = 32;
    private static final int MAX_NAME = 253;

    ResolvConf {
        nameservers = List.copyOf(nameservers);
        search = List.copyOf(search);
    }

    static ResolvConf parse(String text) {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<String> search = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String[] words = line.strip().split("\\s+");
            switch (words[0]) {
                case "nameserver" -> {
                    if (words.length > 1 && servers.size() < MAX_SERVERS) {
                        addServer(words[1], servers);
                    }
                }
                case "search", "domain" -> {
                    // The last line of either kind counts.
                    search.clear();
                    for (int i = 1; i < words.length && search.size() < MAX_SEARCH; i++) {
                        addDomain(words[i], search);
                    }
                }
                default -> {
                    // Comments, options and what newer resolvers may know.
                }
            }
        }
        return new ResolvConf(servers, search);
    }

    private static void addServer(String literal, List<InetSocketAddress> servers) {
        try {
            IpAddress address = IpAddress.parse(literal);
            servers.add(new InetSocketAddress(address.toInetAddress(), PORT));
        } catch (IllegalArgumentException notAnAddress) {
            // Left out.
        }
    }

    private static void addDomain(String word, List<String> search) {
        String domain = word.toLowerCase(Locale.ROOT);
        if (domain.endsWith(".")) {
            domain = domain.substring(0, domain.length() - 1);
        }
        if (!domain.isEmpty() && !domain.startsWith(".") && domain.length() <= MAX_NAME) {
            search.add(domain);
        }
    }
}
