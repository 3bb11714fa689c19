package dev.ambit.client.ads;

import com.google.protobuf.ByteString;
import dev.ambit.api.InvalidResource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Resources that are words: one that cannot be decoded, one that cannot be applied. */
final class Words implements ResourceHandler<String> {

    static final String TYPE = "type.googleapis.com/test.Word";

    private final TreeMap<String, String> known = new TreeMap<>();
    private final LinkedBlockingQueue<Map<String, String>> states = new LinkedBlockingQueue<>();

    /** Written by the test's thread, read by the loop. */
    private volatile boolean failing;

    /** The next response meets a bug. */
    void failOnce() {
        failing = true;
    }

    @Override
    public String typeUrl() {
        return TYPE;
    }

    @Override
    public String decode(String name, ByteString value) throws InvalidResource {
        String word = value.toStringUtf8();
        if (word.equals("undecodable")) {
            throw new InvalidResource("word: undecodable (expected: anything else)");
        }
        return word;
    }

    @Override
    public Map<String, String> apply(List<Named<String>> updates, List<String> removals) {
        Map<String, String> rejected = new TreeMap<>();
        if (failing) {
            failing = false;
            throw new IllegalStateException("a bug");
        }
        removals.forEach(known::remove);
        for (Named<String> update : updates) {
            if (update.value().equals("inapplicable")) {
                rejected.put(update.name(), "does not fit");
            } else {
                known.put(update.name(), update.value());
            }
        }
        states.add(Map.copyOf(known));
        return rejected;
    }

    /** What is known after the next response. */
    Map<String, String> next() throws InterruptedException {
        Map<String, String> state = states.poll(10, TimeUnit.SECONDS);
        if (state == null) {
            throw new AssertionError("no response came");
        }
        return state;
    }
}
