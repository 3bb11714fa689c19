package dev.ambit.runtime.linux;

/** Who is on the other end of a Unix socket, as the kernel says. */
public record PeerCredentials(int pid, int uid, int gid) {}
