/** System calls that plain Java does not have; the only place of {@code java.lang.foreign}. */
@NullMarked
package dev.ambit.runtime.linux;

import org.jspecify.annotations.NullMarked;
