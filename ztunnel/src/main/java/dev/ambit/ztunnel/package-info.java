/** The node's L4 proxy. */
@NullMarked
package dev.ambit.ztunnel;

import org.jspecify.annotations.NullMarked;
