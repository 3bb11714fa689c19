package dev.ambit.ztunnel.fuzz;

import dev.ambit.runtime.testing.FuzzRuns;
import dev.ambit.ztunnel.ProxyConfigFuzz;
import dev.ambit.ztunnel.dns.DnsAnswerFuzz;
import dev.ambit.ztunnel.dns.DnsQueryFuzz;
import dev.ambit.ztunnel.dns.ResolvConfFuzz;
import dev.ambit.ztunnel.handover.SessionFuzz;
import dev.ambit.ztunnel.inbound.ProxyHeaderFuzz;
import dev.ambit.ztunnel.inpod.ZdsMessageFuzz;
import dev.ambit.ztunnel.outbound.SocksGreetingFuzz;
import dev.ambit.ztunnel.telemetry.PeerHeadersFuzz;
import org.junit.jupiter.api.Test;

final class FuzzTest {

    @Test
    void packetsOfTheAgentAreMessagesOrViolations() {
        FuzzRuns.replay(ZdsMessageFuzz.class, ZdsMessageFuzz::fuzzerTestOneInput);
    }

    @Test
    void stateFilesAreTakenOrRefused() {
        FuzzRuns.replay(LocalStateFuzz.class, LocalStateFuzz::fuzzerTestOneInput);
    }

    @Test
    void proxyConfigurationsAreTakenOrRefused() {
        FuzzRuns.replay(ProxyConfigFuzz.class, ProxyConfigFuzz::fuzzerTestOneInput);
    }

    @Test
    void headersOfPeersAreLabelsAtMost() {
        FuzzRuns.replay(PeerHeadersFuzz.class, PeerHeadersFuzz::fuzzerTestOneInput);
    }

    @Test
    void proxyHeadersSayWhatWentIn() {
        FuzzRuns.replay(ProxyHeaderFuzz.class, ProxyHeaderFuzz::fuzzerTestOneInput);
    }

    @Test
    void questionsOfNamesAreAnsweredWithinLimits() {
        FuzzRuns.replay(DnsQueryFuzz.class, DnsQueryFuzz::fuzzerTestOneInput);
    }

    @Test
    void answersOfNameServersAreWholeOrRefused() {
        FuzzRuns.replay(DnsAnswerFuzz.class, DnsAnswerFuzz::fuzzerTestOneInput);
    }

    @Test
    void resolversOfPodsAreReadWithinLimits() {
        FuzzRuns.replay(ResolvConfFuzz.class, ResolvConfFuzz::fuzzerTestOneInput);
    }

    @Test
    void socksGreetingsAreStepsOrRefused() {
        FuzzRuns.replay(SocksGreetingFuzz.class, SocksGreetingFuzz::fuzzerTestOneInput);
    }

    @Test
    void sessionsHandedOverAreUnderstoodOrRefused() {
        FuzzRuns.replay(SessionFuzz.class, SessionFuzz::fuzzerTestOneInput);
    }
}
