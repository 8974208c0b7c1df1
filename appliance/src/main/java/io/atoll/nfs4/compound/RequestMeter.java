package io.atoll.nfs4.compound;

import io.atoll.figures.RequestFigures;
import io.atoll.modes.admission.Admission;
import io.atoll.modes.admission.AdmissionClient;
import io.atoll.modes.admission.AdmissionRequest;
import io.atoll.modes.admission.Admittance;
import io.atoll.modes.meter.IoTotals;
import io.atoll.modes.meter.RequestKind;
import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.SlotHandle;
import io.atoll.rpc.RpcConnection;
import java.util.function.BooleanSupplier;

/**
 * What the requests of a file system are held against before they start, and recorded in when they
 * have ended. Confined to the home loop.
 */
public final class RequestMeter {
  /** Null if nothing is throttled. */
  private final Admission admission;

  private final IoTotals totals;
  private final RequestFigures figures;
  private final BooleanSupplier inGrace;
  private final SocketHolds holds = new SocketHolds();

  /**
   * @param inGrace whether only reclaims can get opens and locks
   */
  public RequestMeter(
      Admission admission, IoTotals totals, RequestFigures figures, BooleanSupplier inGrace) {
    this.admission = admission;
    this.totals = totals;
    this.figures = figures;
    this.inGrace = inGrace;
  }

  /** Lets everything start at once. */
  public static RequestMeter unlimited() {
    return new RequestMeter(null, new IoTotals(), new RequestFigures(), () -> false);
  }

  RequestFigures figures() {
    return figures;
  }

  SocketHolds holds() {
    return holds;
  }

  boolean isInGrace() {
    return inGrace.getAsBoolean();
  }

  Admittance submit(
      SlotHandle slot, RpcConnection connection, AdmissionRequest request, long costThirds) {
    if (admission == null || costThirds == 0) {
      return Admittance.ADMITTED;
    }
    AdmissionClient client = clientOf(slot, connection);
    Admittance admittance = admission.submit(client, request, costThirds);
    if (admittance == Admittance.QUEUED && client.isStopped()) {
      ((SocketGate) client.gate()).hold(connection);
    }
    return admittance;
  }

  /** An NFS client with all of its connections; a connection of which no client is known. */
  private AdmissionClient clientOf(SlotHandle slot, RpcConnection connection) {
    if (slot != null) {
      return ofRecord(slot.session().client());
    }
    if (connection.attachment() instanceof ClientRecord client && client.isLive()) {
      return ofRecord(client);
    }
    if (connection.attachment() instanceof AdmissionClient known) {
      return known;
    }
    AdmissionClient made = new AdmissionClient(new SocketGate(holds));
    connection.attach(made);
    return made;
  }

  private AdmissionClient ofRecord(ClientRecord client) {
    if (client.admission() == null) {
      client.admission(new AdmissionClient(new SocketGate(holds)));
    }
    return client.admission();
  }

  void giveBack(long thirds) {
    if (admission != null) {
      admission.giveBack(thirds);
    }
  }

  void alsoTook(long thirds) {
    if (admission != null) {
      admission.alsoTook(thirds);
    }
  }

  void record(RequestKind kind, long movedBytes) {
    totals.record(kind, movedBytes);
  }
}
