/**
 * What is said? The .proto files, generated messages, records, and the codecs between the two.
 *
 * <p>This package holds the words every kind of resource uses: addresses, names, type URLs, node
 * ids. {@link dev.ambit.api.workload} says where workloads and services are, {@link
 * dev.ambit.api.policy} who may connect, {@link dev.ambit.api.waypoint} what a waypoint does with
 * requests. Records check what they hold; a codec is the only class that knows both a record and
 * its message.
 */
@NullMarked
package dev.ambit.api;

import org.jspecify.annotations.NullMarked;
