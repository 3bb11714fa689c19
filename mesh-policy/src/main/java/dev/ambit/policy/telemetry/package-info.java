/** Which connections are told of, and how often. Pure. */
@NullMarked
package dev.ambit.policy.telemetry;

import org.jspecify.annotations.NullMarked;
