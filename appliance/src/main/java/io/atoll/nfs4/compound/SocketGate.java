package io.atoll.nfs4.compound;

import io.atoll.modes.admission.AdmissionClient;
import io.atoll.rpc.RpcConnection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The sockets of one client that are not read while too much of it waits: each that brings a
 * further request meanwhile. Confined to the home loop.
 */
final class SocketGate implements AdmissionClient.ReadingGate {
  private final SocketHolds holds;
  private final Set<RpcConnection> held = new LinkedHashSet<>();

  SocketGate(SocketHolds holds) {
    this.holds = holds;
  }

  /** Stops reading {@code connection} until the gate opens. */
  void hold(RpcConnection connection) {
    if (held.add(connection)) {
      holds.hold(connection);
    }
  }

  @Override
  public void reading(boolean open) {
    if (open) {
      held.forEach(holds::release);
      held.clear();
    }
  }
}
