package dev.ambit.runtime.linux;

import java.util.Map;

/** Error numbers of Linux that our calls meet, in words. */
final class Errno {

    private static final Map<Integer, String> TEXTS =
            Map.ofEntries(
                    Map.entry(1, "operation not permitted"),
                    Map.entry(2, "no such file or directory"),
                    Map.entry(4, "interrupted"),
                    Map.entry(9, "bad file descriptor"),
                    Map.entry(11, "try again"),
                    Map.entry(13, "permission denied"),
                    Map.entry(20, "not a directory"),
                    Map.entry(22, "invalid argument"),
                    Map.entry(24, "too many open files"),
                    Map.entry(25, "not a device of that kind"),
                    Map.entry(32, "broken pipe"),
                    Map.entry(90, "message too long"),
                    Map.entry(98, "address already in use"),
                    Map.entry(104, "connection reset by peer"),
                    Map.entry(110, "connection timed out"),
                    Map.entry(107, "not connected"),
                    Map.entry(111, "connection refused"),
                    Map.entry(113, "no route to host"));

    private Errno() {}

    static String text(int errno) {
        return TEXTS.getOrDefault(errno, "error");
    }
}
