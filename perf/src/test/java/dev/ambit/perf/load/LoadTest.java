package dev.ambit.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every load against the load server, on loopback, with no proxy between them. */
@Timeout(60)
final class LoadTest {

    private final Loop serverLoop = new Loop();
    private final Loop clientLoop = new Loop();
    private final LoadServer.Ports ports =
            LoadServer.start(serverLoop, new Settings(Map.of("http", "0", "bulk", "0")));

    @AfterEach
    void end() {
        clientLoop.close();
        serverLoop.close();
    }

    @Test
    void everyRequestOfTheFixedRateIsAnsweredAndCounted() throws JsonProcessingException {
        JsonNode got =
                json(
                        OpenLoop.run(
                                clientLoop,
                                settings("connections", "4", "rate", "500", "secs", "1")));
        assertThat(got.get("requests").asInt()).isEqualTo(500);
        assertThat(got.get("unanswered").asInt()).isZero();
        assertThat(got.get("p99.9_ms").asDouble())
                .isGreaterThanOrEqualTo(got.get("p50_ms").asDouble());
    }

    @Test
    void requestsOfTheWarmUpAreNotCounted() throws JsonProcessingException {
        JsonNode got =
                json(
                        OpenLoop.run(
                                clientLoop,
                                settings(
                                        "connections",
                                        "2",
                                        "rate",
                                        "100",
                                        "warm",
                                        "1",
                                        "secs",
                                        "1")));
        assertThat(got.get("requests").asInt()).isEqualTo(100);
    }

    @Test
    void theClosedLoopCountsWhatWasAnswered() throws JsonProcessingException {
        JsonNode got = json(ClosedLoop.run(clientLoop, settings("connections", "2", "secs", "1")));
        assertThat(got.get("requests").asInt()).isPositive();
        assertThat(got.get("seconds").asDouble()).isEqualTo(1.0);
    }

    @Test
    void everyNewConnectionIsAnsweredAndEnded() throws JsonProcessingException {
        JsonNode got =
                json(NewConnections.run(clientLoop, settings("connections", "2", "secs", "1")));
        assertThat(got.get("connections").asInt()).isPositive();
        assertThat(got.get("failed").asInt()).isZero();
    }

    @Test
    void bulkDataAreCountedByWhoReceivesThem() throws JsonProcessingException {
        for (String direction : new String[] {"up", "down"}) {
            Map<String, String> all = new TreeMap<>(settings("streams", "2", "secs", "1").given());
            all.put("direction", direction);
            all.put("port", Integer.toString(ports.bulk()));
            JsonNode got = json(Bulk.run(clientLoop, new Settings(all)));
            assertThat(got.get("bytes").asLong()).as(direction).isPositive();
            assertThat(got.get("bytes").asLong() % Blocks.BYTES).as(direction).isZero();
        }
    }

    /** A port that is taken and not listened on: a free one could become anybody's meanwhile. */
    @Test
    void aLoadThatFindsNobodyFails() throws IOException {
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Settings nobody =
                    settings(
                            "port",
                            Integer.toString(taken.getLocalPort()),
                            "connections",
                            "1",
                            "secs",
                            "1");
            assertThatThrownBy(() -> ClosedLoop.run(clientLoop, nobody))
                    .hasCauseInstanceOf(ConnectException.class);
        }
    }

    private Settings settings(String... pairs) {
        Map<String, String> all = new TreeMap<>();
        all.put("host", "127.0.0.1");
        all.put("port", Integer.toString(ports.http()));
        for (int i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        return new Settings(all);
    }

    private static JsonNode json(String line) throws JsonProcessingException {
        return new ObjectMapper().readTree(line);
    }
}
