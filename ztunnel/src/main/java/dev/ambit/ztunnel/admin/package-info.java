/** What the process shows of itself on its admin port. Uses everything but the root. */
@NullMarked
package dev.ambit.ztunnel.admin;

import org.jspecify.annotations.NullMarked;
