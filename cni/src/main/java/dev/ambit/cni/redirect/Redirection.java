package dev.ambit.cni.redirect;

import dev.ambit.cni.enrolment.Capture;
import java.nio.file.Path;

/**
 * The redirection of a pod: put there, looked at, taken away. A seam: the reconciler's tests bring
 * one of their own. Called by one thread.
 */
public interface Redirection {

    /**
     * Makes the rules be what they should be; does nothing where they are. When it throws, either
     * nothing has changed or the guard rail holds back new connections: never does traffic of an
     * enrolled pod pass by the mesh because of a change that was cut short.
     */
    void install(Path netns, Capture capture) throws RedirectException;

    /** Whether all rules are there. */
    boolean present(Path netns, Capture capture) throws RedirectException;

    /** Takes everything away, the guard rail included. */
    void remove(Path netns) throws RedirectException;
}
