/** Tests of the hand-over between processes. */
@NullMarked
package dev.ambit.ztunnel.handover;

import org.jspecify.annotations.NullMarked;
