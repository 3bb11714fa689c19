package dev.ambit.runtime.fuzz;

import dev.ambit.runtime.admin.AdminRequestFuzz;
import dev.ambit.runtime.testing.FuzzRuns;
import org.junit.jupiter.api.Test;

final class FuzzTest {

    @Test
    void logFiltersAreTakenOrRefused() {
        FuzzRuns.replay(LogFilterFuzz.class, LogFilterFuzz::fuzzerTestOneInput);
    }

    @Test
    void adminRequestsAreAnsweredOrTheConnectionEnds() {
        FuzzRuns.replay(AdminRequestFuzz.class, AdminRequestFuzz::fuzzerTestOneInput);
    }
}
