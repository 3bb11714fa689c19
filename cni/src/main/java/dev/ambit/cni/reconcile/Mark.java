package dev.ambit.cni.reconcile;

import java.util.Locale;

/** What the pod's annotation says. */
enum Mark {
    /** Nothing yet. */
    NONE,
    /** Rules are wanted, or there but no ztunnel has taken the pod yet: it must not start. */
    PENDING,
    /** Captured. */
    ENABLED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
