package dev.ambit.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.ztunnel.socket.Acceptor;
import dev.ambit.ztunnel.state.AddressDemand;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramChannel;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A DNS proxy goes on with the sockets of another: what was asked meanwhile waits in them. */
final class DnsHandedOverTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void aQuestionAskedWhileNobodyReadsIsAnsweredByTheNext() throws Exception {
        EventLoops loops =
                TestLoops.start(
                        TestLoops.transports().stream()
                                .filter(Transport::adopts)
                                .findFirst()
                                .orElseThrow(),
                        1);
        try (FakeNameServer server =
                        new FakeNameServer(q -> Wire.answer(q, 0x8180, 300, "192.0.2.7"));
                DnsLab lab = new DnsLab(loops, AddressDemand.everything(), server);
                DatagramSocket client = lab.client()) {
            lab.proxy.listeners().forEach(Acceptor::pause);
            DnsProxy next = lab.start((port, datagram) -> duplicates(lab.proxy, datagram));
            assertThat(next.listeners())
                    .extracting(Channel::localAddress)
                    .containsExactlyElementsOf(
                            lab.proxy.listeners().stream().map(Channel::localAddress).toList());
            byte[] question = Wire.query(0x4242, "a.example.com", 1);
            client.send(new DatagramPacket(question, question.length));
            assertThat(lab.proxy.stop(true)).succeedsWithin(PATIENCE);

            next.listeners().forEach(Acceptor::resume);

            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            client.receive(answer);
            assertThat(Wire.records(Arrays.copyOf(answer.getData(), answer.getLength())))
                    .containsExactly("a.example.com 300 192.0.2.7");
            assertThat(Wire.records(lab.tcp(question)))
                    .containsExactly("a.example.com 300 192.0.2.7");
            assertThat(next.stop(false)).succeedsWithin(PATIENCE);
        }
    }

    private static List<Integer> duplicates(DnsProxy proxy, boolean datagram) {
        return proxy.listeners().stream()
                .filter(listener -> listener instanceof DatagramChannel == datagram)
                .map(listener -> Descriptors.duplicate(Transport.descriptor(listener)))
                .toList();
    }
}
