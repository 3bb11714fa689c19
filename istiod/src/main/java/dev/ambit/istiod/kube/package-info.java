/**
 * The source of clusters: objects read from a Kubernetes API server and kept up to date by its
 * watches, and tokens reviewed there. {@link dev.ambit.istiod.kube.KubernetesSource} starts a
 * {@code KindWatch} for each kind; what they see goes, object by object, through {@code
 * VersionStore} and {@code Intake} to the sink. The only package that knows the client library; it
 * knows no table, and nothing behind it knows that there is a cluster.
 */
@NullMarked
package dev.ambit.istiod.kube;

import org.jspecify.annotations.NullMarked;
