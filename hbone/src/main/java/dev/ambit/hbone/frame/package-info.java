/**
 * Frames of HTTP/2 (RFC 9113), as far as CONNECT tunnels need them: {@link
 * dev.ambit.hbone.frame.FrameReader} parses in place and hands DATA on before the frame is whole,
 * {@link dev.ambit.hbone.frame.FrameWriter} lays frames into buffers, {@link
 * dev.ambit.hbone.frame.HeaderCodec} speaks HPACK. Knows nothing of streams. Uses only the root
 * package.
 */
@NullMarked
package dev.ambit.hbone.frame;

import org.jspecify.annotations.NullMarked;
