@NullMarked
package dev.ambit.ztunnel.outbound;

import org.jspecify.annotations.NullMarked;
