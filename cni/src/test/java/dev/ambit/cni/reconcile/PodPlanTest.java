package dev.ambit.cni.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.cni.enrolment.Capture;
import dev.ambit.cni.enrolment.PodId;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PodPlanTest {

    private static final Path NETNS = Path.of("/run/netns/a");
    private static final Capture PLAIN = new Capture(true, false, List.of());
    private static final Capture DNS = new Capture(true, true, List.of());
    private static final DesiredPod WANTED =
            new DesiredPod(new PodId("u", "ns", "a", "sa"), NETNS, PLAIN);

    private static final ActualPod NEW = ActualPod.fresh(WANTED, Mark.NONE);
    private static final ActualPod RULES = NEW.withRules(NETNS, 7, PLAIN);
    private static final ActualPod TAKEN = RULES.acknowledged(3);
    private static final ActualPod DONE = TAKEN.marked(Mark.ENABLED);

    static List<Arguments> cases() {
        Step install = new Step.Install(NETNS, PLAIN);
        return List.of(
                arguments("unknown pod: rules first", WANTED, null, true, 3, install),
                arguments("rules first although a ztunnel waits", WANTED, NEW, true, 3, install),
                arguments(
                        "rules of another kind",
                        WANTED,
                        NEW.withRules(NETNS, 7, DNS),
                        true,
                        3,
                        install),
                arguments(
                        "namespace moved",
                        WANTED,
                        DONE.withRules(Path.of("/run/netns/old"), 6, PLAIN),
                        true,
                        3,
                        install),
                arguments("then ztunnel", WANTED, RULES, true, 3, new Step.Announce()),
                arguments(
                        "then the annotation",
                        WANTED,
                        TAKEN,
                        true,
                        3,
                        new Step.Annotate(Mark.ENABLED)),
                arguments("then nothing", WANTED, DONE, true, 3, new Step.Settled()),
                arguments(
                        "no ztunnel: pending",
                        WANTED,
                        RULES,
                        true,
                        0,
                        new Step.Annotate(Mark.PENDING)),
                arguments(
                        "no ztunnel, pending said",
                        WANTED,
                        RULES.marked(Mark.PENDING),
                        true,
                        0,
                        new Step.Settled()),
                arguments(
                        "ztunnel restarts: stays enabled",
                        WANTED,
                        DONE,
                        true,
                        0,
                        new Step.Settled()),
                arguments(
                        "newer ztunnel: announced again",
                        WANTED,
                        DONE,
                        true,
                        4,
                        new Step.Announce()),
                arguments("rules lost: put back", WANTED, DONE.withoutRules(), true, 3, install),
                arguments("label off: ztunnel first", null, DONE, true, 3, new Step.Withdraw()),
                arguments(
                        "label off: then the rules",
                        null,
                        DONE.withdrawn(),
                        true,
                        3,
                        new Step.Remove(NETNS)),
                arguments(
                        "label off: then forgotten",
                        null,
                        DONE.withdrawn().withoutRules(),
                        true,
                        3,
                        new Step.Forget()),
                arguments("pod gone: ztunnel", null, DONE, false, 3, new Step.Withdraw()),
                arguments(
                        "pod gone: its rules go with it",
                        null,
                        DONE.withdrawn(),
                        false,
                        3,
                        new Step.Forget()),
                arguments("never known", null, null, false, 3, new Step.Settled()));
    }

    private static Arguments arguments(
            String name,
            @Nullable DesiredPod desired,
            @Nullable ActualPod actual,
            boolean lives,
            long newest,
            Step expected) {
        return Arguments.of(name, desired, actual, lives, newest, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void decidesTheNextStep(
            String name,
            @Nullable DesiredPod desired,
            @Nullable ActualPod actual,
            boolean lives,
            long newest,
            Step expected) {
        assertThat(PodPlan.next(desired, actual, lives, newest)).isEqualTo(expected);
    }

    @Test
    void isNotEnabledWithoutItsRules() {
        assertThat(PodPlan.mark(DONE.withoutRules(), 3)).isEqualTo(Mark.PENDING);
    }

    @Test
    void asksZtunnelAgainWhenTheNamespaceIsAnother() {
        ActualPod moved = DONE.withRules(NETNS, 8, PLAIN);
        assertThat(PodPlan.next(WANTED, moved, true, 3)).isEqualTo(new Step.Announce());
    }
}
