/** Admin, metrics and readiness ports. Uses {@code net}, {@code metrics}, {@code log}. */
@NullMarked
package dev.ambit.runtime.admin;

import org.jspecify.annotations.NullMarked;
