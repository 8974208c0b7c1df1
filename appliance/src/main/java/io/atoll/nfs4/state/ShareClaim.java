package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;

/**
 * Share bits reserved for an OPEN that must do something to the file, such as truncate it, between
 * finding that no share reservation forbids it and becoming an open. Ended exactly once, by {@link
 * Opens#open(Opens.Request, ShareClaim)} or {@link Opens#cancel}. Loop-confined.
 *
 * @param status OK, or why there is no claim
 */
public record ShareClaim(Nfs4Status status, Object file, int access, int deny) {}
