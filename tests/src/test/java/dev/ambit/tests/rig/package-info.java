/**
 * The fault rig: a mesh of real processes under load, one fault after the other, six checks after
 * each. The same seed gives the same schedule. {@code ./ambit rig help} tells how to run it; {@link
 * dev.ambit.tests.rig.RigTest} is its short form.
 */
@NullMarked
package dev.ambit.tests.rig;

import org.jspecify.annotations.NullMarked;
