package dev.ambit.tests.mesh;

import java.util.ArrayList;
import java.util.List;

/** A program that needs more memory than there is, and would go on without it if it could. */
public final class HeapEater {

    private static final List<byte[]> EATEN = new ArrayList<>();

    private HeapEater() {}

    /** Never returns by itself. */
    public static void main(String... arguments) {
        while (true) {
            try {
                EATEN.add(new byte[1 << 20]);
            } catch (OutOfMemoryError error) {
                EATEN.clear();
            }
        }
    }
}
