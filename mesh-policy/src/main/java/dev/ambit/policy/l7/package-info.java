/**
 * Decisions about requests: where one goes ({@link RouteMatcher}), whether it may ({@link
 * HttpAuthorizer}). May use {@link dev.ambit.policy.state}.
 */
@NullMarked
package dev.ambit.policy.l7;

import org.jspecify.annotations.NullMarked;
