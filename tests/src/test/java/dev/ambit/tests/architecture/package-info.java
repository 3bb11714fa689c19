/** The plan of the house and the tests that hold it. */
@NullMarked
package dev.ambit.tests.architecture;

import org.jspecify.annotations.NullMarked;
