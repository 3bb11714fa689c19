/** Which pods of this node belong to the mesh: pure rules over Kubernetes objects. Uses nothing. */
@NullMarked
package dev.ambit.cni.enrolment;

import org.jspecify.annotations.NullMarked;
