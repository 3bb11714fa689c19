/**
 * What is allowed, and where does it go? Pure functions from records to a sealed result that names
 * its reason; the data path, re-checks of open connections and explanations ask the same ones.
 *
 * <p>{@link dev.ambit.policy.state} holds what the control plane told, {@link dev.ambit.policy.l4}
 * decides for connections, {@link dev.ambit.policy.l7} for requests. This package holds the words
 * the two share.
 */
@NullMarked
package dev.ambit.policy;

import org.jspecify.annotations.NullMarked;
