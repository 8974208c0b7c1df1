package io.atoll.nfs4.state;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * What a client record of NFSv4.0 has that others don't: the verifiers by which SETCLIENTID_CONFIRM
 * confirms it or a new callback address (RFC 7530 §16.33.5), that address, and its open-owners'
 * sequences. Loop-confined.
 */
final class Client40 {
  /** Open-owners without an open that a client may have; the one used longest ago gives way. */
  static final int MAX_IDLE_OPEN_OWNERS = 256;

  private final LinkedHashMap<OwnerId, OwnerSequence> openOwners = new LinkedHashMap<>();
  private long confirm;
  private CallbackAddress callback = CallbackAddress.UNKNOWN;

  /** Null unless an update of the callback address waits to be confirmed. */
  private CallbackAddress proposed;

  private long proposedConfirm;
  private boolean callbackPathUp;

  /** A new record: {@code confirmVerifier} will confirm it. */
  void begin(long confirmVerifier, CallbackAddress address) {
    confirm = confirmVerifier;
    callback = address;
  }

  /** A probable callback update: {@code confirmVerifier} will confirm it. */
  void propose(long confirmVerifier, CallbackAddress address) {
    proposed = address;
    proposedConfirm = confirmVerifier;
  }

  /** Forgets an update that was not confirmed. */
  void withdraw() {
    proposed = null;
  }

  boolean isProposed(long confirmVerifier) {
    return proposed != null && proposedConfirm == confirmVerifier;
  }

  /** The update is confirmed. */
  void adopt() {
    confirm = proposedConfirm;
    callback = proposed;
    callbackPathUp = false;
    proposed = null;
  }

  boolean isConfirmedBy(long confirmVerifier) {
    return confirm == confirmVerifier;
  }

  CallbackAddress callback() {
    return callback;
  }

  void callbackPath(boolean isUp) {
    callbackPathUp = isUp;
  }

  boolean isCallbackPathUp() {
    return callbackPathUp;
  }

  /** In the order of their last use. */
  SequencedMap<OwnerId, OwnerSequence> openOwners() {
    return openOwners;
  }
}
