@NullMarked
package dev.ambit.ztunnel.inbound;

import org.jspecify.annotations.NullMarked;
