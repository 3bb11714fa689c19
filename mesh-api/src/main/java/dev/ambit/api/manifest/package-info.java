/**
 * Kubernetes objects from files: what istiod and the node agent read in directory mode.
 *
 * <p>The way in: {@link dev.ambit.api.manifest.ManifestFiles} reads two directories (the user's
 * manifests, and the runtime directory written by node agents and the demo), {@link
 * dev.ambit.api.manifest.ManifestParser} turns one file into documents or one {@link
 * dev.ambit.api.manifest.ManifestProblem}, documents of the same {@link
 * dev.ambit.api.manifest.ManifestKey} are laid over each other to one {@link
 * dev.ambit.api.manifest.Manifest}, and {@link dev.ambit.api.manifest.ManifestWatch} does so again
 * whenever something changes. Nothing here knows what a kind means.
 */
@NullMarked
package dev.ambit.api.manifest;

import org.jspecify.annotations.NullMarked;
