package dev.ambit.client.ads;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.api.proto.discovery.Node;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link NodeInfo} as the message a stream begins with. */
final class NodeMessage {

    private final NodeInfo info;

    NodeMessage(NodeInfo info) {
        this.info = info;
    }

    Node message() {
        return Node.newBuilder().setId(info.id()).setMetadata(struct(info.metadata())).build();
    }

    private static Struct struct(Map<?, ?> fields) {
        Struct.Builder struct = Struct.newBuilder();
        fields.forEach((k, v) -> struct.putFields(String.valueOf(k), value(v)));
        return struct.build();
    }

    private static Value value(@Nullable Object value) {
        Value.Builder out = Value.newBuilder();
        return switch (value) {
            case null -> out.setNullValue(NullValue.NULL_VALUE).build();
            case Boolean flag -> out.setBoolValue(flag).build();
            case Number number -> out.setNumberValue(number.doubleValue()).build();
            case Map<?, ?> map -> out.setStructValue(struct(map)).build();
            case Collection<?> list -> {
                ListValue.Builder values = ListValue.newBuilder();
                list.forEach(v -> values.addValues(value(v)));
                yield out.setListValue(values).build();
            }
            default -> out.setStringValue(value.toString()).build();
        };
    }
}
