/**
 * The sample application: a book page of five services, and a client that keeps asking for it.
 *
 * <pre>
 *   client → productpage → details
 *                        → reviews v1, v2, v3 → ratings
 * </pre>
 *
 * <p>One program, {@link dev.ambit.demo.app.Main}, plays each part; plain sockets, HTTP/1.1, one
 * virtual thread per connection, no library. Each answer tells which pod gave it, and each pod
 * counts what reached it, so that a scenario can say what an application saw and what it did not.
 * Knows nothing of meshes, beds or the rest of the demo.
 */
@NullMarked
package dev.ambit.demo.app;

import org.jspecify.annotations.NullMarked;
