package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.proto.zds.AddWorkload;
import dev.ambit.api.proto.zds.DelWorkload;
import dev.ambit.api.proto.zds.KeepWorkload;
import dev.ambit.api.proto.zds.SnapshotSent;
import dev.ambit.api.proto.zds.WorkloadRequest;
import dev.ambit.runtime.linux.Received;
import org.junit.jupiter.api.Test;

final class ZdsMessageTest {

    private static Received.Packet packet(WorkloadRequest request) {
        return new Received.Packet(request.toByteArray(), new int[0]);
    }

    @Test
    void readsWhatTheAgentSays() throws ZdsViolation {
        WorkloadRequest keep =
                WorkloadRequest.newBuilder().setKeep(KeepWorkload.newBuilder().setUid("k")).build();
        WorkloadRequest delete =
                WorkloadRequest.newBuilder().setDel(DelWorkload.newBuilder().setUid("d")).build();
        WorkloadRequest sent =
                WorkloadRequest.newBuilder()
                        .setSnapshotSent(SnapshotSent.getDefaultInstance())
                        .build();
        assertThat(ZdsMessage.read(packet(keep))).isEqualTo(new ZdsMessage.Keep("k"));
        assertThat(ZdsMessage.read(packet(delete))).isEqualTo(new ZdsMessage.Delete("d"));
        assertThat(ZdsMessage.read(packet(sent))).isEqualTo(new ZdsMessage.SnapshotSent());
    }

    @Test
    void refusesAnAddWithoutItsNamespace() {
        WorkloadRequest add =
                WorkloadRequest.newBuilder().setAdd(AddWorkload.newBuilder().setUid("a")).build();
        assertThatThrownBy(() -> ZdsMessage.read(packet(add)))
                .isInstanceOf(ZdsViolation.class)
                .hasMessageContaining("ADD of a without a descriptor");
    }

    @Test
    void refusesWhatIsNoMessage() {
        assertThatThrownBy(() -> ZdsMessage.read(packet(WorkloadRequest.getDefaultInstance())))
                .isInstanceOf(ZdsViolation.class);
        assertThatThrownBy(
                        () ->
                                ZdsMessage.read(
                                        new Received.Packet(new byte[] {1, 2, 3}, new int[0])))
                .isInstanceOf(ZdsViolation.class)
                .hasMessageContaining("not a WorkloadRequest");
    }
}
