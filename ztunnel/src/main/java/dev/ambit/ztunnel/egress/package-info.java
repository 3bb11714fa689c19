/**
 * Which addresses outside the mesh a pod may reach where only known ones are allowed: {@link
 * dev.ambit.ztunnel.egress.EgressGuard}. The DNS proxy tells it what it answered, the outbound path
 * asks it.
 */
@NullMarked
package dev.ambit.ztunnel.egress;

import org.jspecify.annotations.NullMarked;
