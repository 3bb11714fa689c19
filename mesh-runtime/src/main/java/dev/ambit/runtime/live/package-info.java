/** Values that change while the process runs. Uses nothing. */
@NullMarked
package dev.ambit.runtime.live;

import org.jspecify.annotations.NullMarked;
