package dev.ambit.runtime.lifecycle;

/** A step of starting or stopping. */
@FunctionalInterface
public interface ThrowingRunnable {
    void run() throws Exception;
}
