/**
 * Where workloads and services are: the records behind {@code istio.workload.Address} and the codec
 * between the two. May use only the generated messages and the words of {@link dev.ambit.api}.
 */
@NullMarked
package dev.ambit.api.workload;

import org.jspecify.annotations.NullMarked;
