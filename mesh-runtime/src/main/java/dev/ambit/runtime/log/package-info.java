/** Log lines in the mesh's format, written off the data path. Uses nothing. */
@NullMarked
package dev.ambit.runtime.log;

import org.jspecify.annotations.NullMarked;
