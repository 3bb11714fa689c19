@NullMarked
package dev.ambit.ztunnel.socket;

import org.jspecify.annotations.NullMarked;
