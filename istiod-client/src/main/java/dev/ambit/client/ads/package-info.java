/** Delta ADS: resources of some types, kept in step with what istiod knows. Uses channel. */
@NullMarked
package dev.ambit.client.ads;

import org.jspecify.annotations.NullMarked;
