package dev.ambit.tests.rig;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import dev.ambit.hbone.frame.HeaderWriter;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * HTTP/2 floods (F01 to F09) by a peer of the mesh, with a good certificate and at full speed: each
 * of its connections is cut off, its proxy stays small, and nobody else notices.
 */
final class Floods {

    private static final long MOST_KIB = 64 * 1024;

    /** One round of the attack; the number is new each time. */
    @FunctionalInterface
    interface Attack {
        void write(ByteBuf out, int number);
    }

    private final CaFiles ca;

    Floods(CaFiles ca) {
        this.ca = ca;
    }

    List<Fault> all() {
        return List.of(Fault.unnoticed("h2-flood", this::flood));
    }

    private static Map<String, Attack> attacks(String target) {
        Map<String, Attack> all = new LinkedHashMap<>();
        all.put(
                "rapid reset",
                (out, i) -> {
                    connect(out, 2 * i + 1, target);
                    FrameWriter.rstStream(out, 2 * i + 1, ErrorCode.CANCEL);
                });
        all.put(
                "CONTINUATION",
                (out, i) -> {
                    FrameWriter.header(out, 1, i == 0 ? Frames.HEADERS : Frames.CONTINUATION, 0, 1);
                    out.writeByte(0x20);
                });
        all.put("PING", (out, i) -> FrameWriter.ping(out, i, false));
        all.put(
                "PRIORITY",
                (out, i) -> {
                    FrameWriter.header(out, 5, Frames.PRIORITY, 0, 1);
                    out.writeZero(5);
                });
        all.put(
                "resets we have to send",
                (out, i) -> {
                    connect(out, 2 * i + 1, target);
                    FrameWriter.windowUpdate(out, 2 * i + 1, 0);
                });
        all.put("SETTINGS", (out, i) -> FrameWriter.header(out, 0, Frames.SETTINGS, 0, 0));
        all.put(
                "empty DATA",
                (out, i) -> {
                    if (i == 0) {
                        connect(out, 1, target);
                    }
                    FrameWriter.header(out, 0, Frames.DATA, 0, 1);
                });
        return all;
    }

    private static void connect(ByteBuf out, int stream, String target) {
        int at = out.writerIndex();
        out.writeZero(9);
        HeaderWriter.connect(out, ConnectRequest.to(target));
        int length = out.writerIndex() - at - 9;
        FrameWriter.setHeader(out, at, length, Frames.HEADERS, Frames.END_HEADERS, stream);
    }

    /** Every kind for its share of the time, connection after connection. */
    private List<String> flood(Stage stage, Random random, Duration time) throws IOException {
        Attacker attacker = new Attacker(stage.outsider(), ca.current(), stage.client().identity());
        Map<String, Attack> attacks = attacks(stage.server().ip() + ":" + Stage.PORT);
        List<Map.Entry<String, Attack>> order = new ArrayList<>(attacks.entrySet());
        Collections.shuffle(order, random);
        long pid = stage.ztunnel(stage.mesh().node2()).pid();
        long before = Footprint.of(pid).anonymousKib();
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, Attack> attack : order) {
            String name = attack.getKey();
            long until = System.nanoTime() + time.dividedBy(order.size()).toNanos();
            int told = 0;
            long grown = 0;
            do {
                Attacker.Farewell end = attacker.flood(stage.server().ip(), attack.getValue());
                told += end.code() == ErrorCode.ENHANCE_YOUR_CALM ? 1 : 0;
                if (end.stillOpen()) {
                    found.add(name + ": not cut off after " + end.rounds() + " rounds");
                }
                grown = Math.max(grown, Footprint.of(pid).anonymousKib() - before);
            } while (System.nanoTime() < until);
            if (told == 0) {
                found.add(name + ": no connection ended with ENHANCE_YOUR_CALM");
            }
            if (grown > MOST_KIB) {
                found.add("%s: the proxy grew by %d MiB".formatted(name, grown / 1024));
            }
        }
        return found;
    }
}
