package dev.ambit.runtime.admin;

import dev.ambit.runtime.profile.CpuProfile;
import dev.ambit.runtime.profile.HeapProfile;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * {@code /debug/pprof/…}, for {@code go tool pprof}: {@code profile?seconds=10&frequency=100} is
 * CPU time; {@code heap} the live objects by class, once {@code heap/profiling?activate=true} has
 * allowed it, because taking it stops the process for a garbage collection.
 */
public final class ProfileRoutes {

    private static final String PROTOBUF = "application/octet-stream";
    private static final int MAX_SECONDS = 300;
    private static final int MAX_FREQUENCY = 1000;

    private final AtomicBoolean heapActive = new AtomicBoolean();

    private ProfileRoutes() {}

    /** Adds the routes. */
    public static Consumer<AdminRoutes> standard() {
        ProfileRoutes profiles = new ProfileRoutes();
        return routes ->
                routes.any("/debug/pprof/profile", ProfileRoutes::cpu)
                        .any("/debug/pprof/heap", request -> profiles.heap())
                        .any("/debug/pprof/heap/profiling", profiles::activate);
    }

    private static AdminResponse cpu(AdminRequest request) throws Exception {
        OptionalInt seconds = within(request, "seconds", 10, MAX_SECONDS);
        if (seconds.isEmpty()) {
            return AdminResponse.text(400, "invalid seconds value; expected 1-300\n");
        }
        OptionalInt frequency = within(request, "frequency", 100, MAX_FREQUENCY);
        if (frequency.isEmpty()) {
            return AdminResponse.text(400, "invalid frequency value; expected 1-1000\n");
        }
        return AdminResponse.of(
                200,
                PROTOBUF,
                CpuProfile.record(Duration.ofSeconds(seconds.getAsInt()), frequency.getAsInt()));
    }

    private static OptionalInt within(
            AdminRequest request, String name, int standard, int largest) {
        try {
            int value = request.parameter(name).map(Integer::parseInt).orElse(standard);
            return value >= 1 && value <= largest ? OptionalInt.of(value) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    private AdminResponse heap() throws Exception {
        return heapActive.get()
                ? AdminResponse.of(200, PROTOBUF, HeapProfile.take())
                : AdminResponse.text(
                        500,
                        "heap profiling not active; activate with"
                                + " /debug/pprof/heap/profiling?activate=true");
    }

    private AdminResponse activate(AdminRequest request) {
        String wanted = request.parameter("activate").orElse("");
        switch (wanted) {
            case "true" -> heapActive.set(true);
            case "false" -> heapActive.set(false);
            case "" -> {
                // Asks only.
            }
            default -> {
                return AdminResponse.text(400, "invalid activate value; expected true or false\n");
            }
        }
        return AdminResponse.text("heap profiling active: " + heapActive.get() + "\n");
    }
}
