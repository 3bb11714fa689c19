/**
 * The two-node bed the table is measured on: istiod as the certificate authority, the node agents,
 * pods with load servers, and on each node the ztunnel of a contender, whose CPU and memory are
 * read from {@code /proc}.
 */
@NullMarked
package dev.ambit.perf.bed;

import org.jspecify.annotations.NullMarked;
