package io.atoll.nfs4.state;

/**
 * The 16 bytes that name a session: its client's ID, and 64 random bits that nobody else can guess.
 */
public record SessionId(long high, long low) {}
