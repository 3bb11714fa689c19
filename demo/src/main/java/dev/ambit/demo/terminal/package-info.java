/** What a person sees: steps with their times, small tables, messages. */
@NullMarked
package dev.ambit.demo.terminal;

import org.jspecify.annotations.NullMarked;
