/**
 * Who may connect: the records behind {@code istio.security.Authorization} and the codec between
 * the two. May use only the generated messages and the words of {@link dev.ambit.api}.
 */
@NullMarked
package dev.ambit.api.policy;

import org.jspecify.annotations.NullMarked;
