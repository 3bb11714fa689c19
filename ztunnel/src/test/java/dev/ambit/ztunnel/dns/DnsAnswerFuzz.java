package dev.ambit.ztunnel.dns;

/**
 * F33: what a name server answers to one fixed question. Refused, or whole: what is passed on keeps
 * within the client's limit and, cut or with other lifetimes, is still an answer to the question.
 */
public final class DnsAnswerFuzz {

    private static final byte[] QUESTION = Wire.query(7, "www.example.com", DnsTypes.A);

    private DnsAnswerFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws MalformedMessage {
        if (!(DnsQuery.parse(QUESTION) instanceof DnsQuery.Parsed.Question asked)) {
            throw new IllegalStateException("the fixed question is none");
        }
        DnsQuery query = asked.query();
        UpstreamAnswer answer;
        try {
            answer = UpstreamAnswer.parse(input, query, query.id());
        } catch (MalformedMessage refused) {
            return;
        }
        for (int limit : new int[] {512, 65_535}) {
            byte[] passedOn = Reply.forwarded(query, answer, limit);
            if (passedOn.length > limit) {
                throw new IllegalStateException(passedOn.length + " bytes, limit " + limit);
            }
            var _ = UpstreamAnswer.parse(passedOn, query, query.id());
        }
        UpstreamAnswer older = UpstreamAnswer.parse(answer.withTtl(5).message(), query, query.id());
        if (!older.addresses().equals(answer.addresses())
                || (!answer.answerEnds().isEmpty() && older.minTtl() != 5)) {
            throw new IllegalStateException("with another lifetime it says something else");
        }
    }
}
