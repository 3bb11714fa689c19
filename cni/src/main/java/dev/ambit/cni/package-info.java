/**
 * The node agent: puts pods into the mesh and takes them out.
 *
 * <pre>
 * manifests, runtime directory
 *        | ManifestWatch
 *   enrolment: which pods, captured how (pure)
 *        |
 *   reconcile: PodPlan decides the next step (pure), Reconciler takes it
 *        |                          |                        |
 *   redirect: rules in the      zds: ztunnel takes      Annotations: redirection
 *   pod's namespace             and lets go             pending or enabled
 * </pre>
 *
 * Order is what keeps it safe: rules first, then ztunnel, then the annotation the pod's start waits
 * for. When the agent ends, rules stay: nothing passes by the mesh while it is upgraded ({@code
 * AMBIT_CNI_CLEANUP=true} takes everything away instead).
 *
 * <p>Uses mesh-api for objects and ZDS messages, mesh-runtime for everything else.
 */
@NullMarked
package dev.ambit.cni;

import org.jspecify.annotations.NullMarked;
