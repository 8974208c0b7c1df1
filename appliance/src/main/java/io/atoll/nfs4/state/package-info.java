/**
 * What an NFSv4.1 server remembers of its clients: client records, sessions and their reply cache,
 * open and lock state, leases, grace and recovery (RFC 8881 §2.4, §2.10, §8 and §9). Plain
 * synchronous objects, all of one file system's confined to its home loop; clock, randomness,
 * durable records and the files themselves come in by interface, and a file is only a key.
 *
 * <p>{@link io.atoll.nfs4.state.NfsState} is the way in. Everything that a client can make grow has
 * a bound in {@link io.atoll.nfs4.state.StateLimits} or {@link io.atoll.nfs4.state.SessionLimits}.
 */
package io.atoll.nfs4.state;
