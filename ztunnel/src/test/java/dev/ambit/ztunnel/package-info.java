@NullMarked
package dev.ambit.ztunnel;

import org.jspecify.annotations.NullMarked;
