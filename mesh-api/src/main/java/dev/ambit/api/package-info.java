/** What is said? The .proto files, generated messages, records, and the codecs between the two. */
@NullMarked
package dev.ambit.api;

import org.jspecify.annotations.NullMarked;
