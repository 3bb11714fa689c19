package dev.ambit.istiod.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.ambit.api.proto.discovery.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * A resource as every stream sends it.
 *
 * @param version hash of the content: the same content has the same version on every istiod and
 *     after every restart
 * @param keys further names proxies may ask by: addresses, services
 * @param node where it runs, "" if that means nothing
 */
record EncodedResource(String version, Resource resource, Set<String> keys, String node) {

    /** A version repeats only if content does: half of SHA-256 leaves no room for accidents. */
    private static final int VERSION_BYTES = 16;

    static EncodedResource of(
            String typeUrl, String name, Message message, Set<String> keys, String node) {
        ByteString bytes = deterministic(message);
        String version = hash(bytes);
        Resource resource =
                Resource.newBuilder()
                        .setName(name)
                        .setVersion(version)
                        .setResource(Any.newBuilder().setTypeUrl(typeUrl).setValue(bytes).build())
                        .build();
        return new EncodedResource(version, resource, Set.copyOf(keys), node);
    }

    int size() {
        return resource.getSerializedSize();
    }

    /** Maps in sorted order, so that equal messages are equal bytes. */
    private static ByteString deterministic(Message message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the message's own size took it all", e);
        }
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(bytes);
    }

    private static String hash(ByteString bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.asReadOnlyByteBuffer());
            return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
