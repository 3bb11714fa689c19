package dev.ambit.demo.terminal;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Prints; in colours where the output is a terminal. Any thread. */
public final class Terminal {

    private static final int NAME_WIDTH = 14;
    private static final int DETAIL_WIDTH = 66;

    private final PrintStream out;
    private final boolean colours;

    private Terminal(PrintStream out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    /** Standard output, in UTF-8 whatever the locale says. */
    public static Terminal standard() {
        // The script knows; asking the JDK loads a line editor.
        boolean colours = System.getenv().getOrDefault("AMBIT_TERMINAL", "").equals("1");
        return new Terminal(new PrintStream(System.out, true, StandardCharsets.UTF_8), colours);
    }

    public void line(String text) {
        out.println(text);
    }

    /**
     * A piece of work and what came of it: its result is the detail shown, its time is measured.
     */
    public void step(String name, Callable<String> work) throws Exception {
        long start = System.nanoTime();
        if (colours) {
            out.print(" · " + pad(name, NAME_WIDTH) + "…");
        }
        try {
            String detail = work.call();
            String time = seconds(Duration.ofNanos(System.nanoTime() - start));
            back();
            out.printf(
                    Locale.ROOT,
                    " %s %s%s%8s%n",
                    paint("32", "✔"),
                    pad(name, NAME_WIDTH),
                    pad(detail, DETAIL_WIDTH),
                    time);
        } catch (Exception e) {
            back();
            out.println(" " + paint("31", "✘") + " " + name);
            throw e;
        }
    }

    /** A name in front of lines that belong to it. */
    public void labelled(String name, String... lines) {
        String lead = pad(" " + name, NAME_WIDTH - 3);
        for (String line : lines) {
            out.println(lead + line);
            lead = " ".repeat(NAME_WIDTH - 3);
        }
    }

    /** Rows of cells; the first row is the head, the first column is aligned left. */
    public void table(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).length();
                if (i < widths.size()) {
                    widths.set(i, Math.max(widths.get(i), width));
                } else {
                    widths.add(width);
                }
            }
        }
        for (List<String> row : rows) {
            StringBuilder text = new StringBuilder("  ");
            for (int i = 0; i < row.size(); i++) {
                String padding = " ".repeat(widths.get(i) - row.get(i).length());
                text.append(i == 0 ? row.get(i) + padding : "   " + padding + row.get(i));
            }
            out.println(text.toString().stripTrailing());
        }
    }

    public static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    private void back() {
        if (colours) {
            out.print("\r\033[K");
        }
    }

    private String paint(String colour, String text) {
        return colours ? "\033[" + colour + "m" + text + "\033[0m" : text;
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text + " " : text + " ".repeat(width - text.length());
    }
}
