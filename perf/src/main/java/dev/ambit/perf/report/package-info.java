/** The figures there are, what was measured of them, and the table of ratios. */
@NullMarked
package dev.ambit.perf.report;

import org.jspecify.annotations.NullMarked;
