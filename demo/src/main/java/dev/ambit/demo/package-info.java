/** The embedded mesh: processes as processes, the sample applications, the scenarios. */
@NullMarked
package dev.ambit.demo;

import org.jspecify.annotations.NullMarked;
