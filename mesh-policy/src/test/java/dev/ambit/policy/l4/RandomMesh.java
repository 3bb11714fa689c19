package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.pod;

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

/** Policies, workloads and connections of few words, so that everything meets everything. */
final class RandomMesh {

    private final Random random;

    RandomMesh(long seed) {
        this(new Random(seed));
    }

    RandomMesh(Random random) {
        this.random = random;
    }

    /** Some policies come or change, some go. */
    void push(MeshState to) {
        to.applyAuthorizations(distinct(some(9, this::policy)), some(3, this::key));
    }

    Workload workload() {
        return pod("ns" + random.nextInt(2) + "/server", "10.0.0.2")
                .authorizationPolicies(distinctKeys(some(4, this::key)))
                .build();
    }

    private static List<String> distinctKeys(List<String> keys) {
        return keys.stream().distinct().toList();
    }

    String key() {
        return "ns" + random.nextInt(3) + "/p" + random.nextInt(60);
    }

    static List<Authorization> distinct(List<Authorization> policies) {
        List<Authorization> first = new ArrayList<>();
        for (Authorization policy : policies) {
            if (first.stream().noneMatch(p -> p.key().equals(policy.key()))) {
                first.add(policy);
            }
        }
        return first;
    }

    <T> List<T> some(int below, Supplier<T> make) {
        List<T> made = new ArrayList<>();
        for (int i = random.nextInt(below); i > 0; i--) {
            made.add(make.get());
        }
        return made;
    }

    <T> List<T> rarely(Supplier<T> make) {
        return random.nextInt(4) == 0 ? some(3, make) : List.of();
    }

    <E extends Enum<E>> E any(E[] values) {
        return values[random.nextInt(values.length)];
    }

    Authorization policy() {
        return new Authorization(
                "ns" + random.nextInt(3),
                "p" + random.nextInt(60),
                any(Authorization.Scope.values()),
                any(Authorization.Action.values()),
                some(3, () -> new Rule(some(3, () -> new Clause(some(3, this::match))))),
                random.nextInt(5) == 0);
    }

    Match match() {
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

    StringMatcher text() {
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

    ServiceAccountMatcher account() {
        return new ServiceAccountMatcher("ns" + random.nextInt(3), "sa" + random.nextInt(3));
    }

    SpiffeId identity() {
        return SpiffeId.of(
                "td" + random.nextInt(2), "ns" + random.nextInt(3), "sa" + random.nextInt(3));
    }

    IpAddress address() {
        return IpAddress.parse(
                random.nextBoolean()
                        ? "10.0." + random.nextInt(2) + "." + random.nextInt(3)
                        : (random.nextBoolean() ? "fd00::" : "::ffff:10.0.0.") + random.nextInt(3));
    }

    Cidr block() {
        IpAddress base = address();
        // As the wire may write it: IPv4 also as its mapping, with bits behind the length.
        boolean mapped = base.isV4() && random.nextBoolean();
        return Cidr.of(base, random.nextInt(base.isV4() && !mapped ? 33 : 129), mapped);
    }

    ConnectionFacts connection() {
        return new ConnectionFacts(
                random.nextInt(4) == 0 ? null : identity(),
                new IpPort(address(), 40000),
                new IpPort(address(), 80 + random.nextInt(3)));
    }
}
