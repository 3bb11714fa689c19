/**
 * How does a process live? Configuration, event loops, drain, admin ports, metrics, Linux calls.
 */
@NullMarked
package dev.ambit.runtime;

import org.jspecify.annotations.NullMarked;
