/**
 * Micro benchmarks (JMH) of what each connection, request and lookup passes through, compiled by C1
 * alone as ztunnel is ({@code ztunnel/jvm.options}).
 */
@NullMarked
package dev.ambit.perf.micro;

import org.jspecify.annotations.NullMarked;
