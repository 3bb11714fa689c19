package dev.ambit.ztunnel.state;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.api.proto.discovery.Resource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/**
 * A state on disk: a magic word with the version of the format, the time, the SHA-256 of what
 * follows, and delta responses, each with its length before it. Written beside and moved into its
 * place, so that a reader never sees half of one.
 */
final class StateFile {

    /** Another version of the format has another word, and is not read. */
    private static final long MAGIC = 0x414d424954535431L;

    private static final int DIGEST = 32;

    /** A state and when it was written. */
    record Content(Instant written, List<DeltaDiscoveryResponse> types) {
        Content {
            types = List.copyOf(types);
        }

        List<Resource> of(String typeUrl) {
            return types.stream()
                    .filter(t -> t.getTypeUrl().equals(typeUrl))
                    .flatMap(t -> t.getResourcesList().stream())
                    .toList();
        }
    }

    private final Path path;

    StateFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    Content read() throws IOException {
        byte[] all = Files.readAllBytes(path);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(all));
        if (all.length < 16 + DIGEST || in.readLong() != MAGIC) {
            throw new IOException("not a state of this version");
        }
        Instant written = Instant.ofEpochMilli(in.readLong());
        byte[] digest = in.readNBytes(DIGEST);
        int from = 16 + DIGEST;
        if (!Arrays.equals(digest, digest(all, written))) {
            throw new IOException("checksum differs");
        }
        CodedInputStream messages = CodedInputStream.newInstance(all, from, all.length - from);
        messages.setSizeLimit(Integer.MAX_VALUE);
        List<DeltaDiscoveryResponse> types = new ArrayList<>();
        try {
            while (!messages.isAtEnd()) {
                types.add(DeltaDiscoveryResponse.parseFrom(messages.readByteArray()));
            }
        } catch (InvalidProtocolBufferException broken) {
            throw new IOException("not readable: " + broken.getMessage(), broken);
        }
        return new Content(written, types);
    }

    /** What went wrong; empty if nothing. */
    String write(Content content) {
        Path temporary = path.resolveSibling("." + path.getFileName() + ".new");
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.deleteIfExists(temporary);
            try (FileChannel out =
                    FileChannel.open(
                            temporary,
                            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer bytes = ByteBuffer.wrap(bytes(content));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            return "";
        } catch (IOException | RuntimeException failed) {
            return failed.toString();
        }
    }

    private static byte[] bytes(Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeLong(content.written().toEpochMilli());
        out.write(new byte[DIGEST]);
        for (DeltaDiscoveryResponse type : content.types()) {
            type.writeDelimitedTo(out);
        }
        byte[] all = bytes.toByteArray();
        System.arraycopy(digest(all, content.written()), 0, all, 16, DIGEST);
        return all;
    }

    /** Of the time and everything behind the digest's own place. */
    private static byte[] digest(byte[] all, Instant written) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(ByteBuffer.allocate(8).putLong(written.toEpochMilli()).flip());
            sha.update(all, 16 + DIGEST, all.length - 16 - DIGEST);
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
