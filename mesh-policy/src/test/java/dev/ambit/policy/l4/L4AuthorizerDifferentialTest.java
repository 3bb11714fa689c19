package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * D21: the authorizer against a naive reading of the rules, on random meshes of few words, so that
 * everything meets everything, while policies come, change and go. {@code -Dambit.policy.cases} and
 * {@code -Dambit.policy.seed} make it longer and other.
 */
final class L4AuthorizerDifferentialTest {

    private static final int CASES = Integer.getInteger("ambit.policy.cases", 100_000);
    private static final long SEED = Long.getLong("ambit.policy.seed", 19);
    private static final int CONNECTIONS = 50;

    private final Random random = new Random(SEED);

    @Test
    void decidesAsTheRulesReadWhateverComesAndGoes() {
        int allowed = 0;
        int cases = 0;
        while (cases < CASES) {
            MeshState state = new MeshState("");
            for (int push = random.nextInt(8); push >= 0; push--) {
                state.applyAuthorizations(distinct(some(9, this::policy)), some(3, this::key));
                Workload workload = workload();
                for (int j = 0; j < CONNECTIONS; j++) {
                    ConnectionFacts connection = connection();
                    Decision decided = L4Authorizer.decide(connection, workload, state);
                    Decision expected =
                            NaiveAuthorizer.decide(connection, workload, state.authorizations());
                    if (!decided.equals(expected)) {
                        assertThat(decided)
                                .as(
                                        "seed %s, case %s: %s to %s under %s",
                                        SEED, cases, connection, workload, state.authorizations())
                                .isEqualTo(expected);
                    }
                    allowed += decided.isAllowed() ? 1 : 0;
                    cases++;
                }
            }
        }
        // Neither outcome is rare, so agreeing says something.
        assertThat(allowed).isBetween(cases / 10, cases * 9 / 10);
    }

    private Workload workload() {
        return pod("ns" + random.nextInt(2) + "/server", "10.0.0.2")
                .authorizationPolicies(distinctKeys(some(4, this::key)))
                .build();
    }

    private static List<String> distinctKeys(List<String> keys) {
        return keys.stream().distinct().toList();
    }

    private String key() {
        return "ns" + random.nextInt(3) + "/p" + random.nextInt(60);
    }

    private static List<Authorization> distinct(List<Authorization> policies) {
        List<Authorization> first = new ArrayList<>();
        for (Authorization policy : policies) {
            if (first.stream().noneMatch(p -> p.key().equals(policy.key()))) {
                first.add(policy);
            }
        }
        return first;
    }

    private <T> List<T> some(int below, Supplier<T> make) {
        List<T> made = new ArrayList<>();
        for (int i = random.nextInt(below); i > 0; i--) {
            made.add(make.get());
        }
        return made;
    }

    private <T> List<T> rarely(Supplier<T> make) {
        return random.nextInt(4) == 0 ? some(3, make) : List.of();
    }

    private <E extends Enum<E>> E any(E[] values) {
        return values[random.nextInt(values.length)];
    }

    private Authorization policy() {
        return new Authorization(
                "ns" + random.nextInt(3),
                "p" + random.nextInt(60),
                any(Authorization.Scope.values()),
                any(Authorization.Action.values()),
                some(3, () -> new Rule(some(3, () -> new Clause(some(3, this::match))))),
                random.nextInt(5) == 0);
    }

    private Match match() {
        return new Match(
                rarely(this::text),
                rarely(this::text),
                rarely(this::account),
                rarely(this::account),
                rarely(this::text),
                rarely(this::text),
                rarely(this::block),
                rarely(this::block),
                rarely(this::block),
                rarely(this::block),
                rarely(() -> 80 + random.nextInt(3)),
                rarely(() -> 80 + random.nextInt(3)));
    }

    private StringMatcher text() {
        return switch (random.nextInt(7)) {
            case 0 -> new StringMatcher.Exact("ns" + random.nextInt(3));
            case 1 -> new StringMatcher.Exact(identity().principal());
            case 2 -> new StringMatcher.Prefix("td" + random.nextInt(2));
            case 3 -> new StringMatcher.Suffix(String.valueOf(random.nextInt(3)));
            case 4 -> new StringMatcher.Prefix("");
            case 5 -> new StringMatcher.Suffix("/sa/sa" + random.nextInt(3));
            default -> new StringMatcher.Presence();
        };
    }

    private ServiceAccountMatcher account() {
        return new ServiceAccountMatcher("ns" + random.nextInt(3), "sa" + random.nextInt(3));
    }

    private SpiffeId identity() {
        return SpiffeId.of(
                "td" + random.nextInt(2), "ns" + random.nextInt(3), "sa" + random.nextInt(3));
    }

    private IpAddress address() {
        return IpAddress.parse(
                random.nextBoolean()
                        ? "10.0." + random.nextInt(2) + "." + random.nextInt(3)
                        : (random.nextBoolean() ? "fd00::" : "::ffff:10.0.0.") + random.nextInt(3));
    }

    private Cidr block() {
        IpAddress base = address();
        // As the wire may write it: IPv4 also as its mapping, with bits behind the length.
        boolean mapped = base.isV4() && random.nextBoolean();
        return Cidr.of(base, random.nextInt(base.isV4() && !mapped ? 33 : 129), mapped);
    }

    private ConnectionFacts connection() {
        return new ConnectionFacts(
                random.nextInt(4) == 0 ? null : identity(),
                new IpPort(address(), 40000),
                new IpPort(address(), 80 + random.nextInt(3)));
    }
}
