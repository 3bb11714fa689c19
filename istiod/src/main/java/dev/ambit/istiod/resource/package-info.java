/**
 * Kubernetes objects as checked records.
 *
 * <p>A source hands over {@link dev.ambit.istiod.resource.RawObject}s; {@link
 * dev.ambit.istiod.resource.ResourceReader} turns each into a {@link
 * dev.ambit.istiod.resource.MeshObject} or says with an {@link
 * dev.ambit.istiod.resource.ObjectProblem} what is wrong with it and where. Records keep what the
 * mesh uses and nothing that changes for other reasons (resource versions, heartbeats), so that an
 * equal record means that nothing happened.
 */
@NullMarked
package dev.ambit.istiod.resource;

import org.jspecify.annotations.NullMarked;
