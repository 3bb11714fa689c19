package dev.ambit.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.MeshService;
import dev.ambit.policy.dns.DnsAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Reliability F33 where bytes are read, and what we write. */
final class DnsMessagesTest {

    private static final MeshService WEB =
            MeshService.builder(new NamespacedHostname("ns", "web.ns.svc.cluster.local")).build();

    private static DnsQuery query(byte[] message) {
        return ((DnsQuery.Parsed.Question) DnsQuery.parse(message)).query();
    }

    private static DnsAnswer.Found found(String alias, int addresses) {
        List<IpAddress> list = new ArrayList<>();
        for (int i = 0; i < addresses; i++) {
            list.add(IpAddress.parse("10.0." + i / 250 + "." + i % 250));
        }
        return new DnsAnswer.Found(alias.isEmpty() ? null : alias, list, WEB);
    }

    @Test
    void aQuestionIsReadInLowerCase() {
        DnsQuery query = query(Wire.queryWithEdns(7, "WEB.Example.com", 1, 1232));

        assertThat(query.name()).isEqualTo("web.example.com");
        assertThat(query.isForAddresses()).isTrue();
        assertThat(query.maxDatagram()).isEqualTo(1232);
        assertThat(query(Wire.query(7, "web", 1)).maxDatagram()).isEqualTo(512);
        assertThat(query(Wire.queryWithEdns(7, "web", 1, 100)).maxDatagram()).isEqualTo(512);
        assertThat(query(Wire.queryWithEdns(7, "web", 1, 65_535)).maxDatagram()).isEqualTo(4096);
    }

    @ParameterizedTest
    @MethodSource("badQuestions")
    @DisplayName("F33: a question that is none gets a format error, or nothing")
    void badQuestionsAreRefused(String what, byte[] message, int code) {
        switch (DnsQuery.parse(message)) {
            case DnsQuery.Parsed.Question question ->
                    throw new AssertionError(what + " was taken for a question");
            case DnsQuery.Parsed.Bad bad -> assertThat(bad.code()).as(what).isEqualTo(code);
            case DnsQuery.Parsed.Ignored ignored -> assertThat(code).as(what).isEqualTo(-1);
        }
    }

    static Stream<Arguments> badQuestions() {
        byte[] good = Wire.query(7, "web.example.com", 1);
        byte[] longName = Wire.query(7, ("a".repeat(63) + ".").repeat(4) + "b", 1);
        return Stream.of(
                Arguments.of("empty", new byte[0], -1),
                Arguments.of("short header", new byte[11], -1),
                Arguments.of("an answer", Wire.header(7, 0x8000, 1, 0, 0, 0).bytes(), -1),
                Arguments.of("an update", Wire.header(7, 0x2800, 1, 0, 0, 0).bytes(), 4),
                Arguments.of("no question", Wire.header(7, 0, 0, 0, 0, 0).bytes(), 1),
                Arguments.of(
                        "two questions",
                        Wire.header(7, 0, 2, 0, 0, 0)
                                .name("a")
                                .u16(1)
                                .u16(1)
                                .name("b")
                                .u16(1)
                                .u16(1)
                                .bytes(),
                        1),
                Arguments.of(
                        "pointer to itself",
                        Wire.header(7, 0, 1, 0, 0, 0).u16(0xc00c).u16(1).u16(1).bytes(),
                        1),
                Arguments.of(
                        "label of 64 bytes",
                        Wire.header(7, 0, 1, 0, 0, 0)
                                .u8(64)
                                .raw(new byte[64])
                                .u8(0)
                                .u16(1)
                                .u16(1)
                                .bytes(),
                        1),
                Arguments.of("name of 258 bytes", longName, 1),
                Arguments.of("cut in the name", java.util.Arrays.copyOf(good, 16), 1),
                Arguments.of("cut in the type", java.util.Arrays.copyOf(good, good.length - 3), 1),
                Arguments.of("bytes after the end", java.util.Arrays.copyOf(good, 60), 1),
                Arguments.of(
                        "record missing",
                        Wire.header(7, 0, 1, 0, 0, 1).name("a").u16(1).u16(1).bytes(),
                        1),
                Arguments.of(
                        "two OPT records",
                        Wire.header(7, 0, 1, 0, 0, 2)
                                .name("a")
                                .u16(1)
                                .u16(1)
                                .opt(512, 0, false)
                                .opt(512, 0, false)
                                .bytes(),
                        1),
                Arguments.of(
                        "EDNS of the future",
                        Wire.header(7, 0, 1, 0, 0, 1)
                                .name("a")
                                .u16(1)
                                .u16(1)
                                .opt(512, 1, false)
                                .bytes(),
                        16));
    }

    @ParameterizedTest
    @MethodSource("strangeNames")
    @DisplayName("F33: a name no host can have is passed on, never looked up")
    void strangeNamesAreNoHosts(String name) {
        assertThat(query(Wire.query(7, name, 1)).name()).isNull();
    }

    static Stream<String> strangeNames() {
        return Stream.of("", "we\0b.ns", "we b", "we\\b", "w\u00e9b");
    }

    @Test
    @DisplayName("F33: no bytes make a parser do anything but answer or refuse")
    void anyBytesAreAnsweredOrRefused() {
        Random random = new Random(33);
        byte[] question = Wire.queryWithEdns(7, "web.example.com", 1, 1232);
        byte[] answer = Wire.answer(Wire.query(7, "web.example.com", 1), 0x8180, 60, "192.0.2.1");
        DnsQuery query = query(Wire.query(7, "web.example.com", 1));
        for (int i = 0; i < 200_000; i++) {
            byte[] q = mutated(question, random);
            DnsQuery.parse(q);
            byte[] a = mutated(answer, random);
            try {
                UpstreamAnswer read = UpstreamAnswer.parse(a, query, 7);
                assertThat(Reply.forwarded(query, read.withTtl(10), 512)).isNotEmpty();
            } catch (MalformedMessage refused) {
                assertThat(refused).hasMessageMatching("(?s).+");
            }
        }
    }

    private static byte[] mutated(byte[] message, Random random) {
        byte[] copy = java.util.Arrays.copyOf(message, message.length - random.nextInt(3));
        for (int i = random.nextInt(4); i >= 0; i--) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt();
        }
        return copy;
    }

    @Test
    void anAnswerRepeatsTheQuestionAndSaysWhoItIs() throws MalformedMessage {
        byte[] reply = Reply.answer(query(Wire.query(0x1234, "WEB", 1)), found("", 2), 512);

        assertThat(Wire.get(reply, 0)).isEqualTo(0x1234);
        assertThat(Wire.get(reply, 2)).as("QR AA RD RA").isEqualTo(0x8580);
        assertThat(Wire.records(reply)).containsExactly("web 30 10.0.0.0", "web 30 10.0.0.1");
        assertThat(new String(reply, 13, 3, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("WEB");
    }

    @Test
    void anAliasIsFollowedByItsAddresses() throws MalformedMessage {
        byte[] reply =
                Reply.answer(
                        query(Wire.query(1, "api.example.com.ns.svc.cluster.local", 1)),
                        found("api.example.com", 1),
                        512);

        assertThat(Wire.records(reply))
                .containsExactly(
                        "api.example.com.ns.svc.cluster.local 30 CNAME api.example.com",
                        "api.example.com 30 10.0.0.0");
    }

    @Test
    void ednsIsEchoed() {
        byte[] reply = Reply.answer(query(Wire.queryWithEdns(1, "web", 1, 100)), found("", 1), 512);

        assertThat(Wire.get(reply, 10)).isEqualTo(1);
        byte[] opt = Wire.message().opt(512, 0, true).bytes();
        assertThat(java.util.Arrays.copyOfRange(reply, reply.length - 11, reply.length))
                .isEqualTo(opt);
    }

    @Test
    void whatDoesNotFitIsCutAtARecordAndSaidToBe() throws MalformedMessage {
        byte[] reply =
                Reply.answer(query(Wire.queryWithEdns(1, "web", 1, 512)), found("", 500), 512);

        assertThat(reply.length).isBetween(480, 512);
        assertThat(Wire.get(reply, 2) & DnsTypes.FLAG_TRUNCATED).isNotZero();
        assertThat(Wire.records(reply)).hasSizeGreaterThan(20);
        byte[] whole = Reply.answer(query(Wire.query(1, "web", 1)), found("", 500), 65_535);
        assertThat(Wire.answers(whole)).isEqualTo(500);
        assertThat(Wire.get(whole, 2) & DnsTypes.FLAG_TRUNCATED).isZero();
    }

    @Test
    void aForwardedAnswerIsCutToo() throws Exception {
        byte[] asked = Wire.queryWithEdns(9, "web.example.com", 1, 512);
        String[] addresses = new String[100];
        java.util.Arrays.setAll(addresses, i -> "192.0.2." + i);
        byte[] big = Wire.answer(asked, 0x8180, 60, addresses);
        UpstreamAnswer answer = UpstreamAnswer.parse(big, query(asked), 9);

        byte[] reply = Reply.forwarded(query(asked), answer, 512);

        assertThat(reply.length).isLessThanOrEqualTo(512);
        assertThat(Wire.get(reply, 2) & DnsTypes.FLAG_TRUNCATED).isNotZero();
        assertThat(Wire.records(reply)).hasSizeGreaterThan(20);
        assertThat(Wire.get(reply, 10)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("badAnswers")
    @DisplayName("F33: an answer that is not one to the question is ignored")
    void badAnswersAreIgnored(String what, byte[] message) {
        DnsQuery query = query(Wire.query(7, "web.example.com", 1));

        assertThatThrownBy(() -> UpstreamAnswer.parse(message, query, 7))
                .as(what)
                .isInstanceOf(MalformedMessage.class);
    }

    static Stream<Arguments> badAnswers() {
        byte[] query = Wire.query(7, "web.example.com", 1);
        byte[] good = Wire.answer(query, 0x8180, 60, "192.0.2.1");
        byte[] otherId = good.clone();
        otherId[1] = 8;
        byte[] otherName =
                Wire.answer(Wire.query(7, "bad.example.com", 1), 0x8180, 60, "192.0.2.1");
        return Stream.of(
                Arguments.of("empty", new byte[0]),
                Arguments.of("another number", otherId),
                Arguments.of("another question", otherName),
                Arguments.of("a question", query),
                Arguments.of("cut", java.util.Arrays.copyOf(good, good.length - 1)),
                Arguments.of("too long", java.util.Arrays.copyOf(good, good.length + 1)),
                Arguments.of(
                        "a record about another name (poisoning)",
                        Wire.answerTo(query, 0x8180, 1)
                                .name("bank.example")
                                .u16(1)
                                .u16(1)
                                .u32(60)
                                .u16(4)
                                .u32(1)
                                .bytes()),
                Arguments.of(
                        "an address of five bytes",
                        Wire.answerTo(query, 0x8180, 1)
                                .u16(0xc00c)
                                .u16(1)
                                .u16(1)
                                .u32(60)
                                .u16(5)
                                .u32(1)
                                .u8(1)
                                .bytes()),
                Arguments.of(
                        "a pointer ahead",
                        Wire.answerTo(query, 0x8180, 1).u16(0xc0ff).u16(1).u16(1).u32(1).bytes()),
                Arguments.of(
                        "pointers in a ring",
                        Wire.answerTo(query, 0x8180, 1)
                                .u16(0xc000 | (good.length - 16))
                                .u16(1)
                                .u16(1)
                                .u32(60)
                                .u16(4)
                                .u32(1)
                                .bytes()),
                Arguments.of(
                        "an alias longer than its record",
                        Wire.answerTo(query, 0x8180, 1)
                                .u16(0xc00c)
                                .u16(5)
                                .u16(1)
                                .u32(60)
                                .u16(1)
                                .name("b.example")
                                .bytes()));
    }

    @Test
    void aliasesMayComeInAnyOrder() throws Exception {
        byte[] query = Wire.query(7, "www.example.com", 1);
        byte[] answer =
                Wire.answerTo(query, 0x8180, 2)
                        .name("edge.example.net")
                        .u16(1)
                        .u16(1)
                        .u32(20)
                        .u16(4)
                        .raw((byte) 192, (byte) 0, (byte) 2, (byte) 9)
                        .u16(0xc00c)
                        .u16(5)
                        .u16(1)
                        .u32(60)
                        .u16(18)
                        .name("edge.example.net")
                        .bytes();

        UpstreamAnswer read = UpstreamAnswer.parse(answer, query(query), 7);

        assertThat(read.addresses()).containsExactly(IpAddress.parse("192.0.2.9"));
        assertThat(read.minTtl()).isEqualTo(20);
        assertThat(Wire.records(read.withTtl(10).message()))
                .containsExactly(
                        "edge.example.net 10 192.0.2.9",
                        "www.example.com 10 CNAME edge.example.net");
    }

    @Test
    @DisplayName("F33: addresses with a zone and other rubbish in resolv.conf are left out")
    void resolvConfKeepsWhatCanBeUsed() {
        ResolvConf conf =
                ResolvConf.parse(
                        """
                        # nameserver 9.9.9.9
                        nameserver 10.96.0.10
                        nameserver fe80::1%eth0
                        nameserver nonsense
                        nameserver fd00::a
                        domain old.example
                        search NS1.svc.cluster.local. svc.cluster.local .bad
                        options ndots:5
                        """);

        assertThat(conf.nameservers())
                .extracting(a -> a.getAddress().getHostAddress() + ":" + a.getPort())
                .containsExactly("10.96.0.10:53", "fd00:0:0:0:0:0:0:a:53");
        assertThat(conf.search()).containsExactly("ns1.svc.cluster.local", "svc.cluster.local");
    }
}
