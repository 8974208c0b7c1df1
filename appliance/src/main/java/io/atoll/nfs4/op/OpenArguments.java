package io.atoll.nfs4.op;

import io.atoll.fs.AttributeChanges;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.nfs4.wire.AttributeDecoder;
import io.atoll.nfs4.wire.ComponentName;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;

/**
 * OPEN4args, decoded (RFC 8881, section 18.16.1; RFC 7530, section 16.16.2).
 *
 * @param seqid the owner's, in NFSv4.0; means nothing later
 * @param clientId the owner's, in NFSv4.0; means nothing later
 * @param access OPEN4_SHARE_ACCESS bits
 * @param wants what is wanted of delegations: the OPEN4_SHARE_ACCESS_WANT bits
 * @param deny OPEN4_SHARE_DENY bits
 * @param create null unless a file is to be made
 * @param name null unless the claim has one
 */
record OpenArguments(
    int seqid,
    long clientId,
    int access,
    int wants,
    int deny,
    OwnerId owner,
    Create create,
    Claim claim,
    ComponentName name) {
  private static final int ACCESS_BITS = 3;
  private static final int DENY_BITS = 3;

  /** OPEN4_SHARE_ACCESS_WANT_DELEG_MASK, SIGNAL_DELEG_WHEN_RESRC_AVAIL and PUSH_DELEG_WHEN. */
  private static final int WANT_BITS = 0x3_FF00;

  private static final int GREATEST_OPENTYPE = 1;

  /** What a client may have had before a restart: in NFSv4.0 none, read or write. */
  private static final int GREATEST_DELEGATION_TYPE_40 = 2;

  private static final int GREATEST_DELEGATION_TYPE = 3;

  /** EXCLUSIVE4 (RFC 7531); those of NFSv4.1 follow it. */
  private static final int GREATEST_CREATE_MODE_40 = 2;

  /** CLAIM_DELEGATE_PREV (RFC 7531); those of NFSv4.1 follow it. */
  private static final int GREATEST_CLAIM_40 = 3;

  /** createmode4, in its order. */
  enum CreateMode {
    UNCHECKED,
    GUARDED,
    EXCLUSIVE,
    EXCLUSIVE_WITH_ATTRIBUTES;

    private static final CreateMode[] BY_CODE = values();
  }

  /** open_claim_type4, in its order. */
  enum Claim {
    NULL,
    PREVIOUS,
    DELEGATE_CURRENT,
    DELEGATE_PREVIOUS,
    HANDLE,
    DELEGATE_CURRENT_HANDLE,
    DELEGATE_PREVIOUS_HANDLE;

    private static final Claim[] BY_CODE = values();
  }

  /**
   * @param decoded OK, or what is wrong with the attributes
   * @param changes to make at creation; empty for EXCLUSIVE, and without the size for UNCHECKED
   * @param sizeBytes the size that UNCHECKED asks for, else {@link #NO_SIZE}: to be set after all
   *     checks, as the file may be there already
   * @param verifier 0 unless exclusive
   */
  record Create(
      CreateMode mode,
      Nfs4Status decoded,
      AttributeChanges changes,
      long sizeBytes,
      long verifier) {
    static final long NO_SIZE = -1;
  }

  /** Reads them; what they are is of no meaning if the reader is malformed then. */
  static OpenArguments decode(XdrReader reader, int minorVersion) {
    boolean is40 = minorVersion == 0;
    int seqid = reader.int32();
    int shareAccess = reader.int32();
    int deny = reader.int32();
    long clientId = reader.int64();
    OwnerId owner = Callers.ownerName(reader);
    boolean creates = reader.enumerator(GREATEST_OPENTYPE) == 1;
    Create create = creates ? decodeCreate(reader, minorVersion) : null;
    int greatestClaim = is40 ? GREATEST_CLAIM_40 : Claim.BY_CODE.length - 1;
    Claim claim = Claim.BY_CODE[reader.enumerator(greatestClaim)];
    ComponentName name =
        switch (claim) {
          case NULL, DELEGATE_PREVIOUS -> ComponentName.decode(reader);
          case PREVIOUS -> {
            reader.enumerator(is40 ? GREATEST_DELEGATION_TYPE_40 : GREATEST_DELEGATION_TYPE);
            yield null;
          }
          case DELEGATE_CURRENT -> {
            Stateid.decode(reader);
            yield ComponentName.decode(reader);
          }
          case DELEGATE_CURRENT_HANDLE -> {
            Stateid.decode(reader);
            yield null;
          }
          case HANDLE, DELEGATE_PREVIOUS_HANDLE -> null;
        };
    int wants = is40 ? 0 : shareAccess & WANT_BITS;
    return new OpenArguments(
        seqid, clientId, shareAccess & ~wants, wants, deny, owner, create, claim, name);
  }

  /** share_access without what is wanted of delegations. */
  static int accessOf(int shareAccess) {
    return shareAccess & ~WANT_BITS;
  }

  /** Whether these are share bits at all, with some access among them. */
  static boolean areShares(int access, int deny) {
    return access != 0 && (access & ~ACCESS_BITS) == 0 && (deny & ~DENY_BITS) == 0;
  }

  private static Create decodeCreate(XdrReader reader, int minorVersion) {
    int greatestMode = minorVersion == 0 ? GREATEST_CREATE_MODE_40 : CreateMode.BY_CODE.length - 1;
    CreateMode mode = CreateMode.BY_CODE[reader.enumerator(greatestMode)];
    boolean exclusive =
        mode == CreateMode.EXCLUSIVE || mode == CreateMode.EXCLUSIVE_WITH_ATTRIBUTES;
    long verifier = exclusive ? reader.int64() : 0;
    AttributeDecoder attributes = new AttributeDecoder(minorVersion);
    Nfs4Status decoded = Nfs4Status.OK;
    if (mode != CreateMode.EXCLUSIVE) {
      decoded = attributes.decode(reader);
      if (mode == CreateMode.EXCLUSIVE_WITH_ATTRIBUTES && decoded == Nfs4Status.ATTRNOTSUPP) {
        decoded = Nfs4Status.INVAL; // section 18.16.3: outside suppattr_exclcreat
      }
    }
    AttributeChanges changes = attributes.changes();
    long sizeBytes = Create.NO_SIZE;
    if (mode == CreateMode.UNCHECKED && changes.has(AttributeChanges.SIZE)) {
      sizeBytes = changes.sizeBytes;
      changes.mask &= ~AttributeChanges.SIZE;
    }
    return new Create(mode, decoded, changes, sizeBytes, verifier);
  }

  boolean isReclaim() {
    return claim == Claim.PREVIOUS;
  }

  /** OK, or why they can't be right whatever the state of things is. */
  Nfs4Status check() {
    if (!areShares(access, deny)) {
      return Nfs4Status.INVAL;
    }
    return switch (claim) {
      case NULL -> {
        Nfs4Status attributes = create == null ? Nfs4Status.OK : create.decoded();
        yield name.status().isOk() ? attributes : name.status();
      }
      case PREVIOUS, HANDLE -> create == null ? Nfs4Status.OK : Nfs4Status.INVAL;
      // No delegation was ever granted that could be claimed.
      case DELEGATE_CURRENT, DELEGATE_PREVIOUS, DELEGATE_CURRENT_HANDLE, DELEGATE_PREVIOUS_HANDLE ->
          Nfs4Status.NOTSUPP;
    };
  }
}
