/**
 * The redirection rules in a pod's network namespace: what they are (pure), and putting them there.
 * Uses {@code enrolment}.
 */
@NullMarked
package dev.ambit.cni.redirect;

import org.jspecify.annotations.NullMarked;
