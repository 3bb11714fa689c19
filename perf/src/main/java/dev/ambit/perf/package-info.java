/**
 * {@code ./ambit perf}: the table of ratios, measured on a bed of this machine in one command. Not
 * part of the product: nothing of it is shipped, and nothing else may use it.
 */
@NullMarked
package dev.ambit.perf;

import org.jspecify.annotations.NullMarked;
