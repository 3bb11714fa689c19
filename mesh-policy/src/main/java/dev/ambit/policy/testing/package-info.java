/** Small meshes for tests. */
@NullMarked
package dev.ambit.policy.testing;

import org.jspecify.annotations.NullMarked;
