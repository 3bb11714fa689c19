/** How does a proxy listen? Delta xDS subscriptions and certificate signing. */
@NullMarked
package dev.ambit.client;

import org.jspecify.annotations.NullMarked;
