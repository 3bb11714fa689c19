/**
 * Decisions about connections: where one goes ({@link OutboundRouter}, {@link EndpointPicker}),
 * which application it reaches ({@link InboundRouter}), whether it may ({@link L4Authorizer}). May
 * use {@link dev.ambit.policy.state}.
 */
@NullMarked
package dev.ambit.policy.l4;

import org.jspecify.annotations.NullMarked;
