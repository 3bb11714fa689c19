/** What is allowed, and where does it go? Pure routers and authorizers, L4 and L7. */
@NullMarked
package dev.ambit.policy;

import org.jspecify.annotations.NullMarked;
