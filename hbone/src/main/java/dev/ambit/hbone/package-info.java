/** How do bytes travel? HTTP/2 CONNECT over mesh TLS, pool, relay. */
@NullMarked
package dev.ambit.hbone;

import org.jspecify.annotations.NullMarked;
