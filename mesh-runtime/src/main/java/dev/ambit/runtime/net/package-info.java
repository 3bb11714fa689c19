/**
 * Event loops and the kernel interface under them. Uses {@code config}, {@code linux}, {@code log}.
 */
@NullMarked
package dev.ambit.runtime.net;

import org.jspecify.annotations.NullMarked;
