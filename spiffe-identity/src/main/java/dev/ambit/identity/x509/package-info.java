/** Requests, chains and their checks. Uses the ids of the root package and Bouncy Castle. */
@NullMarked
package dev.ambit.identity.x509;

import org.jspecify.annotations.NullMarked;
