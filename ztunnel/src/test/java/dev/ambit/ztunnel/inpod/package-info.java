@NullMarked
package dev.ambit.ztunnel.inpod;

import org.jspecify.annotations.NullMarked;
