/**
 * Kubernetes objects as files: read from the user's directory, written to the runtime directory.
 *
 * <p>Only what a laptop's cluster needs of YAML. The mesh has its own reader, with its own checks;
 * the demo must not depend on the mesh it starts.
 */
@NullMarked
package dev.ambit.demo.manifest;

import org.jspecify.annotations.NullMarked;
