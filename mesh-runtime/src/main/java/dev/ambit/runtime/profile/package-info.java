/**
 * What the process spends its time and memory on, in the format of pprof. Nothing of it is touched
 * before somebody asks.
 */
@NullMarked
package dev.ambit.runtime.profile;

import org.jspecify.annotations.NullMarked;
