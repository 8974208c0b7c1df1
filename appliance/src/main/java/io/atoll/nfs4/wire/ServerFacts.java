package io.atoll.nfs4.wire;

/**
 * Facts of the server that attributes tell.
 *
 * @param leaseSeconds how long a client's state lives without a word of it
 * @param maxReadBytes the most that one READ gives
 * @param maxWriteBytes the most that one WRITE takes
 */
public record ServerFacts(int leaseSeconds, int maxReadBytes, int maxWriteBytes) {}
