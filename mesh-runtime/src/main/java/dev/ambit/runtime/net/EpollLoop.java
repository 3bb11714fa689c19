package dev.ambit.runtime.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll, where a socket stays known that waits for nothing. Netty (4.2.18) takes it out
 * then, and fails when it next waits for room: a peer that has ended its half would find the answer
 * cut short by an orderly end. Waiting for nothing, once at each change, tells of errors and does
 * not spin.
 */
final class EpollLoop extends ForwardingHandler {
    EpollLoop(IoHandler epoll) {
        super(epoll);
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Known(super.register(handle));
    }

    private record Known(IoRegistration registration) implements IoRegistration {
        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // As Netty declares it.
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            return registration.submit(ops.equals(EpollIoOps.NONE) ? EpollIoOps.EPOLLET : ops);
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
