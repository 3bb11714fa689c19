/**
 * Which certificates no longer count: revocation lists, their file, and what they say of a chain.
 */
@NullMarked
package dev.ambit.identity.revocation;

import org.jspecify.annotations.NullMarked;
