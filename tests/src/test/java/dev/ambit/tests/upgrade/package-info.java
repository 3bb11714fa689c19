/**
 * One ztunnel is replaced by the next while connections are open: {@link
 * dev.ambit.tests.upgrade.UpgradeTest} in short, {@code ./ambit upgrade} at length.
 */
@NullMarked
package dev.ambit.tests.upgrade;

import org.jspecify.annotations.NullMarked;
