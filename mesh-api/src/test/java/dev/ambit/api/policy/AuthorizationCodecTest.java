package dev.ambit.api.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.RandomRecords;
import dev.ambit.api.proto.security.Address;
import dev.ambit.api.proto.security.Clause;
import dev.ambit.api.proto.security.Match;
import dev.ambit.api.proto.security.ServiceAccountMatch;
import dev.ambit.api.proto.security.StringMatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class AuthorizationCodecTest {

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        RandomRecords records = new RandomRecords(2);
        for (int i = 0; i < 2000; i++) {
            Authorization policy = records.one(Authorization.class);
            byte[] bytes = AuthorizationCodec.toProto(policy).toByteArray();
            assertThat(
                            AuthorizationCodec.fromProto(
                                    dev.ambit.api.proto.security.Authorization.parseFrom(bytes)))
                    .isEqualTo(policy);
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        "a block of 3 bytes",
                        Match.newBuilder()
                                .addSourceIps(
                                        Address.newBuilder()
                                                .setAddress(ByteString.copyFrom(new byte[3]))),
                        "address: 3 bytes"),
                Arguments.of(
                        "a block of 33 bits",
                        Match.newBuilder()
                                .addSourceIps(
                                        Address.newBuilder()
                                                .setAddress(ByteString.copyFrom(new byte[4]))
                                                .setLength(33)),
                        "prefix length: 33 (expected: 0-32)"),
                Arguments.of(
                        "a string without a type",
                        Match.newBuilder().addPrincipals(StringMatch.getDefaultInstance()),
                        "match_type: unset"),
                Arguments.of(
                        "an account without a name",
                        Match.newBuilder()
                                .addServiceAccounts(
                                        ServiceAccountMatch.newBuilder().setNamespace("ns")),
                        "service account: \"ns/\""),
                Arguments.of(
                        "a port beyond 65535",
                        Match.newBuilder().addDestinationPorts(70000),
                        "port: 70000"));
    }

    /** Leaving a value out would make its rule wider, so the policy is refused as a whole. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesAPolicyWith(String what, Match.Builder match, String reason) {
        assertThatExceptionOfType(InvalidResource.class)
                .isThrownBy(
                        () ->
                                AuthorizationCodec.fromProto(
                                        dev.ambit.api.proto.security.Authorization.newBuilder()
                                                .setName("p")
                                                .addRules(
                                                        dev.ambit.api.proto.security.Rule
                                                                .newBuilder()
                                                                .addClauses(
                                                                        Clause.newBuilder()
                                                                                .addMatches(match)))
                                                .build()))
                .withMessageContaining(reason);
    }

    @Test
    void refusesActionsAndScopesItDoesNotKnow() {
        assertThatExceptionOfType(InvalidResource.class)
                .isThrownBy(
                        () ->
                                AuthorizationCodec.fromProto(
                                        dev.ambit.api.proto.security.Authorization.newBuilder()
                                                .setName("p")
                                                .setActionValue(7)
                                                .build()))
                .withMessage("action: 7 (expected: a value this version knows)");
        assertThatExceptionOfType(InvalidResource.class)
                .isThrownBy(
                        () ->
                                AuthorizationCodec.fromProto(
                                        dev.ambit.api.proto.security.Authorization.newBuilder()
                                                .setName("p")
                                                .setScopeValue(7)
                                                .build()));
    }
}
