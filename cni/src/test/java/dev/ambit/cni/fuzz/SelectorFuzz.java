package dev.ambit.cni.fuzz;

import dev.ambit.cni.enrolment.SelectorReader;
import java.nio.charset.StandardCharsets;

/** {@code AMBIENT_ENABLEMENT_SELECTOR}: selectors, the same each time, or a refusal. */
public final class SelectorFuzz {

    private SelectorFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            if (!SelectorReader.read(text).equals(SelectorReader.read(text))) {
                throw new IllegalStateException("other selectors the second time");
            }
        } catch (IllegalArgumentException refused) {
            // With what is wrong.
        }
    }
}
