/**
 * How does a proxy listen? One channel to istiod ({@code channel}), over which it hears resources
 * ({@code ads}) and has certificates signed ({@code signing}). gRPC stays in this module.
 */
@NullMarked
package dev.ambit.client;

import org.jspecify.annotations.NullMarked;
