package dev.ambit.perf.micro;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.Limits;
import dev.ambit.hbone.frame.Decoded;
import dev.ambit.hbone.frame.FrameListener;
import dev.ambit.hbone.frame.FrameReader;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import dev.ambit.hbone.frame.HeaderReader;
import dev.ambit.hbone.frame.HeaderWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** HBONE's codec: frames of data, and the header block of a CONNECT. No sockets, no TLS. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders"
        })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

    private static final int FRAME = 16_375;
    private static final int FRAMES = 16;
    private static final int STREAM = 3;
    private static final int MAX_FRAME = 1 << 20;

    private static final ConnectRequest REQUEST =
            new ConnectRequest(
                    "10.244.2.10:8080",
                    "for=10.244.1.10",
                    "k8s.cluster.name=Kubernetes,k8s.namespace.name=default,k8s.pod.name=client-"
                            + "6f5d8c7b9-abcde,service.name=client,service.version=v1",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    Map.of());

    private final ByteBuf data = Unpooled.directBuffer();
    private final ByteBuf block = Unpooled.directBuffer();
    private final ByteBuf out = Unpooled.directBuffer(4096);
    private final HeaderReader headers = new HeaderReader(Limits.defaults());

    public CodecBenchmark() {
        for (int i = 0; i < FRAMES; i++) {
            FrameWriter.header(data, FRAME, Frames.DATA, 0, STREAM);
            data.writeZero(FRAME);
        }
        HeaderWriter.connect(block, REQUEST);
    }

    /** A buffer of 256 KiB, as the socket gives it: sixteen frames of data. */
    @Benchmark
    public void readSixteenDataFrames(Blackhole blackhole) {
        FrameReader reader =
                new FrameReader(
                        new Swallow(blackhole),
                        UnpooledByteBufAllocator.DEFAULT,
                        Limits.defaults(),
                        MAX_FRAME,
                        false);
        reader.read(data.duplicate());
        reader.release();
    }

    /** The header of a data frame, written in front of its payload. */
    @Benchmark
    public ByteBuf writeDataFrameHeader() {
        out.clear();
        FrameWriter.header(out, FRAME, Frames.DATA, 0, STREAM);
        return out;
    }

    /** HPACK of a CONNECT with all headers of HBONE. */
    @Benchmark
    public ByteBuf writeConnect() {
        out.clear();
        HeaderWriter.connect(out, REQUEST);
        return out;
    }

    /** The same, read back. */
    @Benchmark
    public Decoded readConnect() {
        return headers.request(STREAM, block.duplicate());
    }

    /** Takes what is read, as the relay would: it advances the buffer. */
    private record Swallow(Blackhole blackhole) implements FrameListener {
        @Override
        public void preface() {}

        @Override
        public void dataStart(int streamId, int flowBytes) {
            blackhole.consume(flowBytes);
        }

        @Override
        public void data(int streamId, ByteBuf in, int length) {
            in.skipBytes(length);
            blackhole.consume(length);
        }

        @Override
        public void padding(int streamId, int length) {}

        @Override
        public void dataEnd(int streamId, int payload, boolean endStream) {
            blackhole.consume(payload);
        }

        @Override
        public void headers(int streamId, ByteBuf header, boolean endStream) {}

        @Override
        public void priority(int streamId) {}

        @Override
        public void reset(int streamId, long errorCode) {}

        @Override
        public void settings(ByteBuf entries) {}

        @Override
        public void settingsAck() {}

        @Override
        public void ping(long content, boolean ack) {}

        @Override
        public void goAway(int lastStreamId, long errorCode) {}

        @Override
        public void windowUpdate(int streamId, int increment) {}

        @Override
        public void unknown(int type) {}

        @Override
        public void streamViolation(int streamId, long errorCode, String reason) {
            throw new IllegalStateException(reason);
        }

        @Override
        public void violation(long errorCode, @Nullable Limit limit, String reason) {
            throw new IllegalStateException(reason);
        }
    }
}
