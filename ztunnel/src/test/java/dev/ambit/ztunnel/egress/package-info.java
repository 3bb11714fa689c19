@NullMarked
package dev.ambit.ztunnel.egress;

import org.jspecify.annotations.NullMarked;
