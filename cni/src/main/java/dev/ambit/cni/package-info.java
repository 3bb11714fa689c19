/** The node agent. */
@NullMarked
package dev.ambit.cni;

import org.jspecify.annotations.NullMarked;
