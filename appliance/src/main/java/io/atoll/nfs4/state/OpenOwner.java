package io.atoll.nfs4.state;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** An open-owner of a client and what it has open: one state for each file (RFC 8881 §9.1.1). */
final class OpenOwner {
  private final ClientRecord client;
  private final OwnerId id;
  private final LinkedHashMap<FileState, OpenState> opens = new LinkedHashMap<>();

  OpenOwner(ClientRecord client, OwnerId id) {
    this.client = client;
    this.id = id;
  }

  ClientRecord client() {
    return client;
  }

  OwnerId id() {
    return id;
  }

  SequencedMap<FileState, OpenState> opens() {
    return opens;
  }
}
