package io.atoll.nfs4.wire;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystemId;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The filehandle on the wire: unguessable, since it carries a keyed MAC, and the same after every
 * restart. Big-endian, {@value #HANDLE_BYTES} bytes:
 *
 * <pre>
 *  0        1        2                4                          8
 *  +--------+--------+----------------+--------------------------+
 *  | format | 0      | 0 (access pt.) | generation               |
 *  +--------+--------+----------------+--------------------------+
 *  | file system ID, its high 64 bits                            |
 *  +-------------------------------------------------------------+
 *  | inode                                                       |
 *  +-------------------------------------------------------------+
 *  | HMAC-SHA-256 of the 24 bytes above, its first 128 bits      |
 *  |                                                             |
 *  +-------------------------------------------------------------+
 * </pre>
 *
 * <p>A direct-mapped cache of handles whose MAC is known keeps the hash off the hot path. Confined
 * to the home loop.
 */
public final class FileHandleCodec {
  /** The length of every handle; NFSv4 allows 128. */
  public static final int HANDLE_BYTES = 40;

  /** NFS4_FHSIZE: the most bytes of a handle (RFC 8881, section 3.1). */
  public static final int MAX_WIRE_BYTES = 128;

  private static final String MAC_ALGORITHM = "HmacSHA256";
  private static final int FORMAT = 1;
  private static final int SIGNED_BYTES = 24;
  private static final int CACHE_ENTRY_BITS = 13;
  private static final int CACHE_ENTRIES = 1 << CACHE_ENTRY_BITS;

  private final Mac mac;
  private final long fileSystem;
  private final ByteBuffer signed = ByteBuffer.allocate(SIGNED_BYTES);
  private final FileHandle[] cached = new FileHandle[CACHE_ENTRIES];
  private final long[] cachedMacs = new long[2 * CACHE_ENTRIES];

  /**
   * @param id of the file system whose handles these are
   * @param secret its {@code handleSecret()}
   */
  public FileHandleCodec(FileSystemId id, byte[] secret) {
    fileSystem = id.high();
    try {
      mac = Mac.getInstance(MAC_ALGORITHM);
      mac.init(new SecretKeySpec(secret, MAC_ALGORITHM));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("the JDK has no " + MAC_ALGORITHM + " for filehandles", e);
    }
  }

  /** Writes {@code handle} as an nfs_fh4. */
  public void encode(XdrWriter writer, FileHandle handle) {
    int entry = entryOf(handle.inode(), handle.generation());
    if (cached[entry] == null || !cached[entry].equals(handle)) {
      sign(entry, handle);
    }
    writer.int32(HANDLE_BYTES);
    writer.int32(FORMAT << 24);
    writer.int32(handle.generation());
    writer.int64(fileSystem);
    writer.int64(handle.inode());
    writer.int64(cachedMacs[2 * entry]);
    writer.int64(cachedMacs[2 * entry + 1]);
  }

  /**
   * Reads an nfs_fh4. Null if it is not one of this file system's (BADHANDLE), or if the reader is
   * now malformed.
   */
  public FileHandle decode(XdrReader reader) {
    int index = reader.opaqueIndex(MAX_WIRE_BYTES);
    if (index < 0 || reader.opaqueLengthBytes() != HANDLE_BYTES) {
      return null;
    }
    var buffer = reader.buffer();
    if (buffer.getInt(index) != FORMAT << 24 || buffer.getLong(index + 8) != fileSystem) {
      return null;
    }
    int generation = buffer.getInt(index + 4);
    long inode = buffer.getLong(index + 16);
    return verify(inode, generation, buffer.getLong(index + 24), buffer.getLong(index + 32));
  }

  private FileHandle verify(long inode, int generation, long macHigh, long macLow) {
    int entry = entryOf(inode, generation);
    FileHandle known = cached[entry];
    if (known != null && known.inode() == inode && known.generation() == generation) {
      return isMac(entry, macHigh, macLow) ? known : null;
    }
    // A forged handle must not push a good one out, so its MAC is computed beside the cache.
    FileHandle claimed = new FileHandle(inode, generation);
    ByteBuffer right = macOf(claimed);
    long difference = (right.getLong(0) ^ macHigh) | (right.getLong(8) ^ macLow);
    if (difference != 0) {
      return null;
    }
    remember(entry, claimed, right);
    return claimed;
  }

  private boolean isMac(int entry, long macHigh, long macLow) {
    // One comparison of all the bits: how long it takes says nothing of which were right.
    return ((cachedMacs[2 * entry] ^ macHigh) | (cachedMacs[2 * entry + 1] ^ macLow)) == 0;
  }

  private void sign(int entry, FileHandle handle) {
    remember(entry, handle, macOf(handle));
  }

  private void remember(int entry, FileHandle handle, ByteBuffer handleMac) {
    cached[entry] = handle;
    cachedMacs[2 * entry] = handleMac.getLong(0);
    cachedMacs[2 * entry + 1] = handleMac.getLong(8);
  }

  private ByteBuffer macOf(FileHandle handle) {
    signed.clear();
    signed.putInt(FORMAT << 24).putInt(handle.generation()).putLong(fileSystem);
    signed.putLong(handle.inode()).flip();
    mac.update(signed);
    return ByteBuffer.wrap(mac.doFinal());
  }

  private static int entryOf(long inode, int generation) {
    long hash = (inode * 31 + generation) * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> (Long.SIZE - CACHE_ENTRY_BITS));
  }
}
