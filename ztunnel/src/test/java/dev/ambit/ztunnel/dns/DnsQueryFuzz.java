package dev.ambit.ztunnel.dns;

import dev.ambit.api.IpAddress;
import dev.ambit.policy.dns.DnsAnswer;
import dev.ambit.policy.testing.TestMesh;
import java.util.Collections;

/**
 * F33: a datagram or message of an application. A question, an error to be told or nothing; what we
 * answer bears its number, is an answer, is no longer than the client takes, and is well formed by
 * our own reader of answers.
 */
public final class DnsQueryFuzz {

    private static final DnsAnswer.Found FOUND =
            new DnsAnswer.Found(
                    "a.b.svc.cluster.local",
                    Collections.nCopies(300, IpAddress.parse("10.0.0.1")),
                    TestMesh.service("b/a", "10.0.0.1").build());

    private DnsQueryFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws MalformedMessage {
        switch (DnsQuery.parse(input)) {
            case DnsQuery.Parsed.Ignored ignored -> {}
            case DnsQuery.Parsed.Bad bad -> answers(input, Reply.error(bad), 512);
            case DnsQuery.Parsed.Question question -> check(input, question.query());
        }
    }

    private static void check(byte[] input, DnsQuery query) throws MalformedMessage {
        int limit = query.maxDatagram();
        answers(input, Reply.error(query, DnsTypes.NAME_ERROR), limit);
        byte[] answer = Reply.answer(query, FOUND, limit);
        answers(input, answer, limit);
        var _ =
                UpstreamAnswer.parse(
                        Reply.error(query, DnsTypes.SERVER_FAILURE), query, query.id());
        if (query.name() != null && query.name().length() > 255) {
            throw new IllegalStateException("name of " + query.name().length());
        }
    }

    private static void answers(byte[] question, byte[] answer, int limit) {
        if (answer.length > limit) {
            throw new IllegalStateException(answer.length + " bytes, limit " + limit);
        }
        if (answer[0] != question[0] || answer[1] != question[1] || answer[2] >= 0) {
            throw new IllegalStateException("no answer to the question");
        }
    }
}
