/** The authority: its key, plugged in or self-signed, and what it issues. Never who may ask. */
@NullMarked
package dev.ambit.identity.ca;

import org.jspecify.annotations.NullMarked;
