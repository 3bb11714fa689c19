@NullMarked
package dev.ambit.perf;

import org.jspecify.annotations.NullMarked;
