/**
 * What should be captured against what is: deciding the next step (pure) and taking it. Uses {@code
 * redirect}, {@code zds}, {@code enrolment}.
 */
@NullMarked
package dev.ambit.cni.reconcile;

import org.jspecify.annotations.NullMarked;
