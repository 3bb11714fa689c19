package dev.ambit.hbone.bed;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Measures what the two proxies of a {@link TunnelBed} cost: CPU of their loops per byte, request
 * or connection. Not a test; run it by hand: {@code TunnelMeter <transport> bulk|rr|conn
 * <concurrency> <rounds> <seconds a round>}. Wall figures depend on what else the machine does; CPU
 * figures much less.
 */
public final class TunnelMeter {
    private static final int CHUNK = 128 * 1024;
    private static final int MESSAGE = 1024;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder exchanges = new LongAdder();

    private TunnelMeter() {}

    public static void main(String[] args) throws Exception {
        Transport transport =
                TestLoops.transports().stream()
                        .filter(t -> t.name().equals(args[0]))
                        .findFirst()
                        .orElseThrow();
        new TunnelMeter()
                .run(
                        transport,
                        args[1],
                        Integer.parseInt(args[2]),
                        Integer.parseInt(args[3]),
                        Double.parseDouble(args[4]));
        System.exit(0);
    }

    private void run(Transport transport, String mode, int concurrency, int rounds, double seconds)
            throws Exception {
        try (TunnelBed bed = new TunnelBed(transport, 1, HboneSettings.defaults());
                ServerSocket app = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
            start("app", () -> serve(app, mode));
            InetSocketAddress front = bed.front((InetSocketAddress) app.getLocalSocketAddress());
            List<Thread> users = new ArrayList<>();
            for (int i = 0; i < concurrency; i++) {
                users.add(start("user", () -> use(front, mode)));
            }
            for (int round = 0; round < rounds; round++) {
                round(mode, seconds);
            }
            stop.set(true);
            for (Thread user : users) {
                user.join(2000);
            }
        }
    }

    private void round(String mode, double seconds) throws Exception {
        double[] clientBefore = cpu("client-1");
        double[] serverBefore = cpu("server-1");
        long bytesBefore = bytes.sum();
        long exchangesBefore = exchanges.sum();
        long began = System.nanoTime();
        Thread.currentThread().join((long) (seconds * 1000));
        double[] client = minus(cpu("client-1"), clientBefore);
        double[] server = minus(cpu("server-1"), serverBefore);
        double wall = (System.nanoTime() - began) / 1e9;
        double moved = (bytes.sum() - bytesBefore) / 1e9;
        double count = exchanges.sum() - exchangesBefore;
        double both = client[0] + client[1] + server[0] + server[1];
        if (mode.startsWith("bulk")) {
            System.out.printf(
                    Locale.ROOT,
                    "%.2f Gbit/s  client u/s %.3f/%.3f  server u/s %.3f/%.3f s/GB  pair %.3f s/GB%n",
                    moved * 8 / wall,
                    client[0] / moved,
                    client[1] / moved,
                    server[0] / moved,
                    server[1] / moved,
                    both / moved);
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "%.0f /s  client u/s %.1f/%.1f  server u/s %.1f/%.1f us each  pair %.1f us%n",
                    count / wall,
                    client[0] / count * 1e6,
                    client[1] / count * 1e6,
                    server[0] / count * 1e6,
                    server[1] / count * 1e6,
                    both / count * 1e6);
        }
    }

    private static double[] minus(double[] a, double[] b) {
        return new double[] {a[0] - b[0], a[1] - b[1]};
    }

    /** User and system seconds of the thread with this name. */
    private static double[] cpu(String thread) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                int close = stat.lastIndexOf(')');
                if (stat.substring(stat.indexOf('(') + 1, close).equals(thread)) {
                    String[] fields = stat.substring(close + 2).split(" ");
                    return new double[] {
                        Long.parseLong(fields[11]) / 100.0, Long.parseLong(fields[12]) / 100.0
                    };
                }
            }
        }
        throw new IOException("no thread " + thread);
    }

    private static Thread start(String name, Runnable work) {
        return Thread.ofPlatform().name(name).daemon().start(work);
    }

    private void serve(ServerSocket app, String mode) {
        while (true) {
            try {
                Socket socket = app.accept();
                start("served", () -> serve(socket, mode));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket, String mode) {
        try (socket;
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            socket.setTcpNoDelay(true);
            if (mode.equals("bulk")) {
                sink(in);
            } else if (mode.equals("bulkback")) {
                source(out);
            } else {
                byte[] message = new byte[MESSAGE];
                while (in.readNBytes(message, 0, MESSAGE) == MESSAGE) {
                    out.write(message);
                }
            }
        } catch (IOException e) {
            if (!stop.get()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void use(InetSocketAddress front, String mode) {
        try {
            if (mode.equals("conn")) {
                while (!stop.get()) {
                    try (Socket socket = new Socket(front.getAddress(), front.getPort())) {
                        exchange(socket);
                    }
                }
                return;
            }
            try (Socket socket = new Socket(front.getAddress(), front.getPort())) {
                socket.setTcpNoDelay(true);
                switch (mode) {
                    case "bulk" -> source(socket.getOutputStream());
                    case "bulkback" -> sink(socket.getInputStream());
                    default -> {
                        while (!stop.get()) {
                            exchange(socket);
                        }
                    }
                }
            }
        } catch (IOException e) {
            if (!stop.get()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void exchange(Socket socket) throws IOException {
        byte[] message = new byte[MESSAGE];
        socket.getOutputStream().write(message);
        if (socket.getInputStream().readNBytes(message, 0, MESSAGE) != MESSAGE) {
            throw new IOException("answer cut short");
        }
        exchanges.increment();
    }

    private void source(OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        while (!stop.get()) {
            out.write(chunk);
        }
    }

    private void sink(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK];
        int n;
        while ((n = in.read(chunk)) > 0) {
            bytes.add(n);
        }
    }
}
