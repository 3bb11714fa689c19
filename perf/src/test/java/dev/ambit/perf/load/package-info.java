@NullMarked
package dev.ambit.perf.load;

import org.jspecify.annotations.NullMarked;
