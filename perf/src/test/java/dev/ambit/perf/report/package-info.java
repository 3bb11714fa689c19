@NullMarked
package dev.ambit.perf.report;

import org.jspecify.annotations.NullMarked;
