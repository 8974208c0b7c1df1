package io.atoll.nfs4.op;

import io.atoll.fs.DurableRecords;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.nfs4.state.RecoveryJournal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@link RecoveryJournal} in a file system's own records. Keys are {@code nfs4-client/}, or
 * {@code nfs40client/} for clients of NFSv4.0, and the SHA-256 of the owner, as owners are longer
 * than keys may be; values are
 *
 * <pre>
 *  0        1                        9                        17
 *  +--------+------------------------+------------------------+-------------------+
 *  | format | co_verifier            | principal              | co_ownerid ...    |
 *  +--------+------------------------+------------------------+-------------------+
 * </pre>
 *
 * Confined to the home loop.
 */
public final class ClientJournal implements RecoveryJournal {
  private static final byte[] PREFIX = {'n', 'f', 's', '4', '-', 'c', 'l', 'i', 'e', 'n', 't', '/'};

  private static final byte[] PREFIX_40 = {
    'n', 'f', 's', '4', '0', 'c', 'l', 'i', 'e', 'n', 't', '/'
  };

  private static final byte FORMAT = 1;
  private static final int HEADER_BYTES = 1 + 2 * Long.BYTES;

  private final DurableRecords records;
  private final MessageDigest sha256;

  public ClientJournal(DurableRecords records) {
    this.records = records;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256 for client records", e);
    }
  }

  @Override
  public long record(RecordedClient client) {
    byte[] owner = client.owner().bytes();
    ByteBuffer value = ByteBuffer.allocate(HEADER_BYTES + owner.length);
    value.put(FORMAT).putLong(client.verifier()).putLong(client.principal()).put(owner);
    return records.put(keyOf(client.owner()), value.array());
  }

  @Override
  public long forget(OwnerId owner) {
    return records.remove(keyOf(owner));
  }

  /** Calls back with all recorded clients, or with IO_ERROR if a record can't be one. */
  public void load(FsCallback<List<RecordedClient>> callback) {
    records.all((status, entries) -> {
      if (status != FsStatus.OK) {
        callback.done(status, null);
        return;
      }
      List<RecordedClient> clients = new ArrayList<>();
      for (DurableRecords.Entry entry : entries) {
        boolean is40 = begins(entry.key(), PREFIX_40);
        if (is40 || begins(entry.key(), PREFIX)) {
          RecordedClient client = decode(entry.value(), is40);
          if (client == null) {
            callback.done(FsStatus.IO_ERROR, null);
            return;
          }
          clients.add(client);
        }
      }
      callback.done(FsStatus.OK, clients);
    });
  }

  private static boolean begins(byte[] key, byte[] prefix) {
    return ByteBuffer.wrap(key).mismatch(ByteBuffer.wrap(prefix)) == prefix.length;
  }

  private static RecordedClient decode(byte[] bytes, boolean is40) {
    int ownerBytes = bytes.length - HEADER_BYTES;
    if (ownerBytes < 0 || ownerBytes > OwnerId.MAX_BYTES || bytes[0] != FORMAT) {
      return null;
    }
    ByteBuffer value = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
    long verifier = value.getLong();
    long principal = value.getLong();
    byte[] owner = new byte[ownerBytes];
    value.get(owner);
    OwnerId id = is40 ? OwnerId.ofClient40(owner) : new OwnerId(owner);
    return new RecordedClient(id, verifier, principal);
  }

  private byte[] keyOf(OwnerId owner) {
    byte[] hash = sha256.digest(owner.bytes());
    byte[] prefix = owner.minorVersion() == 0 ? PREFIX_40 : PREFIX;
    return ByteBuffer.allocate(prefix.length + hash.length).put(prefix).put(hash).array();
  }
}
