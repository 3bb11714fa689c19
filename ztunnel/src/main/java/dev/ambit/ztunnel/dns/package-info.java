/**
 * The DNS proxy of each pod (ambient.md 1.21): {@link DnsProxy} listens on 15053 inside the pod,
 * answers names of the mesh from {@code dev.ambit.policy.dns} and forwards everything else to the
 * node proxy's own name servers, from inside the pod. May use {@link dev.ambit.ztunnel.policy} and
 * what lies below it.
 */
@NullMarked
package dev.ambit.ztunnel.dns;

import org.jspecify.annotations.NullMarked;
