/**
 * Why a connection would go where it goes and be allowed or not, in the words of those who decide:
 * {@link dev.ambit.policy.explain.Explainer} asks the routers and the authorizer of {@link
 * dev.ambit.policy.l4}, and for each policy the one matcher there is.
 */
@NullMarked
package dev.ambit.policy.explain;

import org.jspecify.annotations.NullMarked;
