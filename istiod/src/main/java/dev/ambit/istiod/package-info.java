/** The control plane. */
@NullMarked
package dev.ambit.istiod;

import org.jspecify.annotations.NullMarked;
