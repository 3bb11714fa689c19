package dev.ambit.hbone.connection;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import io.netty.buffer.ByteBuf;

/**
 * What each side says first: preface, SETTINGS, and the connection window beyond HTTP/2's small
 * default.
 */
final class Greeting {
    private Greeting() {}

    static void write(ByteBuf out, Role role, HboneSettings settings) {
        if (role == Role.CLIENT) {
            out.writeBytes(Frames.preface());
        }
        FrameWriter.header(out, 4 * 6, Frames.SETTINGS, 0, 0);
        if (role == Role.CLIENT) {
            FrameWriter.setting(out, Frames.ENABLE_PUSH, 0);
        } else {
            FrameWriter.setting(out, Frames.MAX_CONCURRENT_STREAMS, settings.maxStreams());
        }
        FrameWriter.setting(out, Frames.INITIAL_WINDOW_SIZE, settings.streamWindow());
        FrameWriter.setting(out, Frames.MAX_FRAME_SIZE, settings.maxFrameSize());
        FrameWriter.setting(out, Frames.MAX_HEADER_LIST_SIZE, settings.limits().headerListBytes());
        int more = settings.connectionWindow() - Frames.DEFAULT_WINDOW;
        if (more > 0) {
            FrameWriter.windowUpdate(out, 0, more);
        }
    }
}
