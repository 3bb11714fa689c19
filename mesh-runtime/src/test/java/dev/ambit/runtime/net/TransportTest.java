package dev.ambit.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.testing.TestLoops;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class TransportTest {

    private static Transport choose(String wish) {
        EnvReader env = EnvReader.of(Map.of("AMBIT_TRANSPORT", wish));
        Transport chosen = Transport.choose(env);
        env.finish();
        return chosen;
    }

    @Test
    void takesWhatIsAskedFor() {
        assertThat(choose("nio")).isInstanceOf(Nio.class);
        assertThat(choose("epoll")).isInstanceOf(Epoll.class);
        assertThat(choose("EPOLL").name()).isEqualTo("epoll");
    }

    @Test
    void takesTheBestByItself() {
        assertThat(choose("auto").name()).isEqualTo(TestLoops.transports().getFirst().name());
    }

    @Test
    void saysWhatItKnowsWhenAskedForAnythingElse() {
        assertThatThrownBy(() -> choose("kqueue"))
                .hasMessage(
                        "AMB1001 AMBIT_TRANSPORT: kqueue (expected: auto, io_uring, epoll or nio)");
    }

    @Test
    void namesItsThreads() throws Exception {
        try (EventLoops loops = new EventLoops("ztunnel", 2, new Nio())) {
            CompletableFuture<String> control = new CompletableFuture<>();
            loops.control().execute(() -> control.complete(Thread.currentThread().getName()));
            assertThat(control.get()).isEqualTo("ztunnel-control");
            assertThat(loops.data()).hasSize(2);
            CompletableFuture<String> data = new CompletableFuture<>();
            loops.data().getFirst().execute(() -> data.complete(Thread.currentThread().getName()));
            assertThat(data.get()).startsWith("ztunnel-");
            CompletableFuture<Thread> background = new CompletableFuture<>();
            loops.background("zds", () -> background.complete(Thread.currentThread()));
            assertThat(background.get().getName()).isEqualTo("zds");
            CompletableFuture<Boolean> virtual = new CompletableFuture<>();
            loops.blocking().execute(() -> virtual.complete(Thread.currentThread().isVirtual()));
            assertThat(virtual.get()).isTrue();
        }
    }
}
