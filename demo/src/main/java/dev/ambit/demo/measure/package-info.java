/** What really happened: the client's own records, and the counters of pods and proxies. */
@NullMarked
package dev.ambit.demo.measure;

import org.jspecify.annotations.NullMarked;
