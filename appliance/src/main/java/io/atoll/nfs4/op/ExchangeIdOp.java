package io.atoll.nfs4.op;

import io.atoll.nfs4.state.ExchangeId;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.nio.charset.StandardCharsets;

/** EXCHANGE_ID (RFC 8881, section 18.35): which client, and which server. */
final class ExchangeIdOp implements Op {
  private static final int UPDATE_CONFIRMED = 0x4000_0000;
  private static final int CONFIRMED = 0x8000_0000;
  private static final int USE_NON_PNFS = 0x0001_0000;

  /** SUPP_MOVED_REFER, SUPP_MOVED_MIGR, BIND_PRINC_STATEID, USE_*, UPD_CONFIRMED_REC_A. */
  private static final int ARGUMENT_FLAGS = 0x4007_0103;

  private static final int SP4_NONE = 0;
  private static final int SP4_MACH_CRED = 1;
  private static final int SP4_SSV = 2;
  private static final int MAX_ALGORITHMS = 32;
  private static final int MAX_OID_BYTES = 128;

  /** A name of an implementation is for people. */
  private static final int MAX_IMPLEMENTATION_BYTES = 1024;

  private final NfsState state;
  private final ServerIdentity identity;

  ExchangeIdOp(NfsState state, ServerIdentity identity) {
    this.state = state;
    this.identity = identity;
  }

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    long verifier = reader.int64();
    byte[] owner = reader.opaque(OwnerId.MAX_BYTES);
    int flags = reader.int32();
    int protection = stateProtection(reader);
    implementation(reader);
    if (call.refusesArguments()) {
      return;
    }
    if ((flags & ~ARGUMENT_FLAGS) != 0) {
      call.done(Nfs4Status.INVAL);
      return;
    }
    if (protection != SP4_NONE) {
      // Both need RPCSEC_GSS: section 2.10.8.3 for the machine credential, no hash for SSV.
      call.done(protection == SP4_SSV ? Nfs4Status.ENCR_ALG_UNSUPP : Nfs4Status.INVAL);
      return;
    }
    ExchangeId.Result result =
        state.exchangeId(
            new ExchangeId.Request(
                new OwnerId(owner),
                verifier,
                Callers.principal(call),
                (flags & UPDATE_CONFIRMED) != 0));
    if (result.status().isOk()) {
      encode(call.writer(), result);
    }
    call.done(result.status());
  }

  private static int stateProtection(XdrReader reader) {
    int how = reader.enumerator(SP4_SSV);
    if (how == SP4_MACH_CRED || how == SP4_SSV) {
      Bitmap4.decode(reader);
      Bitmap4.decode(reader);
    }
    if (how == SP4_SSV) {
      skipAlgorithms(reader);
      skipAlgorithms(reader);
      reader.int32(); // window
      reader.int32(); // GSS handles
    }
    return how;
  }

  private static void skipAlgorithms(XdrReader reader) {
    int count = reader.count(MAX_ALGORITHMS, Integer.BYTES);
    for (int i = 0; i < count; i++) {
      reader.skipOpaque(MAX_OID_BYTES);
    }
  }

  private static void implementation(XdrReader reader) {
    int count = reader.count(1, Integer.BYTES);
    if (count == 1) {
      reader.skipOpaque(MAX_IMPLEMENTATION_BYTES);
      reader.skipOpaque(MAX_IMPLEMENTATION_BYTES);
      reader.int64();
      reader.int32();
    }
  }

  private void encode(XdrWriter writer, ExchangeId.Result result) {
    writer.int64(result.clientId());
    writer.int32(result.sequence());
    writer.int32(USE_NON_PNFS | (result.confirmed() ? CONFIRMED : 0));
    writer.int32(SP4_NONE);
    writer.int64(identity.ownerMinor());
    writer.opaque(identity.ownerMajor());
    writer.opaque(identity.scope());
    writer.int32(1);
    writer.opaque(ServerIdentity.IMPLEMENTATION_DOMAIN.getBytes(StandardCharsets.UTF_8));
    writer.opaque(identity.implementationName().getBytes(StandardCharsets.UTF_8));
    writer.int64(0); // nii_date: when it was built is nobody's business
    writer.int32(0);
  }
}
