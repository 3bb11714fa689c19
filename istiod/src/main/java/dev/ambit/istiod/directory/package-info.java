/**
 * The source of laptops and tests: manifests in a directory, with what a cluster would know laid
 * over them. Reads files, knows no table; nothing behind it knows that there are files.
 */
@NullMarked
package dev.ambit.istiod.directory;

import org.jspecify.annotations.NullMarked;
