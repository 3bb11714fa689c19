package dev.ambit.hbone.connection;

/** Which end of a connection we are. */
public enum Role {
    CLIENT,
    SERVER
}
