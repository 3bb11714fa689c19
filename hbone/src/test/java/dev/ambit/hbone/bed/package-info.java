/** Two proxies made of this module, on loopback: what tests and measurements share. */
@NullMarked
package dev.ambit.hbone.bed;

import org.jspecify.annotations.NullMarked;
