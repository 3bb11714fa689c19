/**
 * Which addresses a host name stands for, as the mesh knows it and as the asking pod sees it:
 * {@link NameLookup}. May use {@link dev.ambit.policy.state}.
 */
@NullMarked
package dev.ambit.policy.dns;

import org.jspecify.annotations.NullMarked;
