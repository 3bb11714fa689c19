/**
 * Which of many policies match a connection, found without asking each: {@link
 * dev.ambit.policy.match.PolicyLayer} compiles policies when they change, {@link
 * dev.ambit.policy.match.PolicyMatcher} is the one reading of a rule. May use only the words of
 * {@link dev.ambit.policy}.
 */
@NullMarked
package dev.ambit.policy.match;

import org.jspecify.annotations.NullMarked;
