/**
 * Load programs that run inside a pod: servers and clients over plain sockets, one thread each,
 * that know nothing of a mesh. A client prints one line of JSON when it is done. They need no tool
 * of the machine, and their own CPU is never part of a figure: it is read from the proxies alone.
 */
@NullMarked
package dev.ambit.perf.load;

import org.jspecify.annotations.NullMarked;
