/**
 * Telling the node's ztunnel which pods it serves: the agent's side of ZDS. Uses {@code enrolment}.
 */
@NullMarked
package dev.ambit.cni.zds;

import org.jspecify.annotations.NullMarked;
