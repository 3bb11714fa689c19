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
import dev.ambit.policy.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The authorizer against a naive reading of the rules, on random meshes of few words, so that
 * everything meets everything.
 */
final class L4AuthorizerDifferentialTest {

    private static final int MESHES = 4_000;
    private static final int CONNECTIONS = 50;

    private final Random random = new Random(19);

    @Test
    void decidesAsTheRulesRead() {
        int allowed = 0;
        for (int i = 0; i < MESHES; i++) {
            List<Authorization> policies = distinct(some(5, this::policy));
            Workload workload =
                    pod("ns" + random.nextInt(2) + "/server", "10.0.0.2")
                            .authorizationPolicies(List.of("ns0/p0", "ns1/p1"))
                            .build();
            MeshState state = new MeshState("");
            state.applyAuthorizations(policies, List.of());
            for (int j = 0; j < CONNECTIONS; j++) {
                ConnectionFacts connection = connection();
                boolean decided = L4Authorizer.decide(connection, workload, state).isAllowed();
                assertThat(decided)
                        .as("%s to %s under %s", connection, workload.identity(), policies)
                        .isEqualTo(NaiveAuthorizer.allows(connection, workload, policies));
                allowed += decided ? 1 : 0;
            }
        }
        // Neither outcome is rare, so agreeing says something.
        assertThat(allowed).isBetween(MESHES * CONNECTIONS / 10, MESHES * CONNECTIONS * 9 / 10);
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
                "p" + random.nextInt(3),
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
        return switch (random.nextInt(6)) {
            case 0 -> new StringMatcher.Exact("ns" + random.nextInt(3));
            case 1 -> new StringMatcher.Exact(identity().principal());
            case 2 -> new StringMatcher.Prefix("td" + random.nextInt(2));
            case 3 -> new StringMatcher.Suffix(String.valueOf(random.nextInt(3)));
            case 4 -> new StringMatcher.Prefix("");
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
                        : "fd00::" + random.nextInt(3));
    }

    private Cidr block() {
        IpAddress base = address();
        return new Cidr(base, random.nextInt(base.isV4() ? 33 : 129));
    }

    private ConnectionFacts connection() {
        return new ConnectionFacts(
                random.nextInt(4) == 0 ? null : identity(),
                new IpPort(address(), 40000),
                new IpPort(address(), 80 + random.nextInt(3)));
    }
}
