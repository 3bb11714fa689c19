/** The gRPC channel to istiod: its roots, its token, its headers. */
@NullMarked
package dev.ambit.client.channel;

import org.jspecify.annotations.NullMarked;
