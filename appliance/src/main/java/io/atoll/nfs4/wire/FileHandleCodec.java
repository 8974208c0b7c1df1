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
 * restart. Big-endian, {@value #HANDLE_BYTES} bytes, or {@value #ACCESS_POINT_HANDLE_BYTES} if it
 * was got through an access point, whose it stays:
 *
 * <pre>
 *  0        1                         4                          8
 *  +--------+-------------------------+--------------------------+
 *  | format | 0                       | generation               |
 *  +--------+-------------------------+--------------------------+
 *  | file system ID, its high 64 bits                            |
 *  +-------------------------------------------------------------+
 *  | inode                                                       |
 *  +-------------------------------------------------------------+
 *  | key of the access point: in format 2 only, and not 0        |
 *  +-------------------------------------------------------------+
 *  | HMAC-SHA-256 of all above, its first 128 bits               |
 *  |                                                             |
 *  +-------------------------------------------------------------+
 * </pre>
 *
 * <p>A direct-mapped cache of handles whose MAC is known keeps the hash off the hot path. Confined
 * to the home loop.
 */
public final class FileHandleCodec {
  /** The length of a handle of the whole file system; NFSv4 allows 128. */
  public static final int HANDLE_BYTES = 40;

  /** The length of a handle through an access point. */
  public static final int ACCESS_POINT_HANDLE_BYTES = 48;

  /** In place of an access point's key: the whole file system. */
  public static final long WHOLE = 0;

  /** NFS4_FHSIZE: the most bytes of a handle (RFC 8881, section 3.1). */
  public static final int MAX_WIRE_BYTES = 128;

  private static final String MAC_ALGORITHM = "HmacSHA256";
  private static final int FORMAT_WHOLE = 1 << 24;
  private static final int FORMAT_ACCESS_POINT = 2 << 24;
  private static final int MAC_BYTES = 16;
  private static final int CACHE_ENTRY_BITS = 13;
  private static final int CACHE_ENTRIES = 1 << CACHE_ENTRY_BITS;

  private final Mac mac;
  private final long fileSystem;
  private final ByteBuffer signed = ByteBuffer.allocate(ACCESS_POINT_HANDLE_BYTES - MAC_BYTES);
  private final FileHandle[] cached = new FileHandle[CACHE_ENTRIES];
  private final long[] cachedAccessPoints = new long[CACHE_ENTRIES];
  private final long[] cachedMacs = new long[2 * CACHE_ENTRIES];
  private long decodedAccessPoint;

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

  /**
   * Writes {@code handle} as an nfs_fh4.
   *
   * @param accessPoint the key of the access point through which it is given, or {@link #WHOLE}
   */
  public void encode(XdrWriter writer, FileHandle handle, long accessPoint) {
    int entry = entryOf(handle.inode(), handle.generation(), accessPoint);
    if (cachedAccessPoints[entry] != accessPoint || !handle.equals(cached[entry])) {
      remember(entry, handle, accessPoint, macOf(handle, accessPoint));
    }
    writer.int32(bytesOf(accessPoint));
    writer.int32(formatOf(accessPoint));
    writer.int32(handle.generation());
    writer.int64(fileSystem);
    writer.int64(handle.inode());
    if (accessPoint != WHOLE) {
      writer.int64(accessPoint);
    }
    writer.int64(cachedMacs[2 * entry]);
    writer.int64(cachedMacs[2 * entry + 1]);
  }

  /**
   * Reads an nfs_fh4, of which {@link #decodedAccessPoint} then says more. Null if it is not one of
   * this file system's (BADHANDLE), or if the reader is now malformed.
   */
  public FileHandle decode(XdrReader reader) {
    int index = reader.opaqueIndex(MAX_WIRE_BYTES);
    if (index < 0) {
      return null;
    }
    int lengthBytes = reader.opaqueLengthBytes();
    if (lengthBytes != HANDLE_BYTES && lengthBytes != ACCESS_POINT_HANDLE_BYTES) {
      return null;
    }
    var buffer = reader.buffer();
    long accessPoint = lengthBytes == HANDLE_BYTES ? WHOLE : buffer.getLong(index + 24);
    if (lengthBytes != bytesOf(accessPoint)
        || buffer.getInt(index) != formatOf(accessPoint)
        || buffer.getLong(index + 8) != fileSystem) {
      return null;
    }
    decodedAccessPoint = accessPoint;
    int generation = buffer.getInt(index + 4);
    long inode = buffer.getLong(index + 16);
    int macIndex = index + lengthBytes - MAC_BYTES;
    return verify(
        inode, generation, accessPoint, buffer.getLong(macIndex), buffer.getLong(macIndex + 8));
  }

  /** The key of the access point whose handle was decoded last, or {@link #WHOLE}. */
  public long decodedAccessPoint() {
    return decodedAccessPoint;
  }

  private static int bytesOf(long accessPoint) {
    return accessPoint == WHOLE ? HANDLE_BYTES : ACCESS_POINT_HANDLE_BYTES;
  }

  private static int formatOf(long accessPoint) {
    return accessPoint == WHOLE ? FORMAT_WHOLE : FORMAT_ACCESS_POINT;
  }

  private FileHandle verify(
      long inode, int generation, long accessPoint, long macHigh, long macLow) {
    int entry = entryOf(inode, generation, accessPoint);
    FileHandle known = cached[entry];
    if (known != null
        && known.inode() == inode
        && known.generation() == generation
        && cachedAccessPoints[entry] == accessPoint) {
      return isMac(entry, macHigh, macLow) ? known : null;
    }
    // A forged handle must not push a good one out, so its MAC is computed beside the cache.
    FileHandle claimed = new FileHandle(inode, generation);
    ByteBuffer right = macOf(claimed, accessPoint);
    long difference = (right.getLong(0) ^ macHigh) | (right.getLong(8) ^ macLow);
    if (difference != 0) {
      return null;
    }
    remember(entry, claimed, accessPoint, right);
    return claimed;
  }

  private boolean isMac(int entry, long macHigh, long macLow) {
    // One comparison of all the bits: how long it takes says nothing of which were right.
    return ((cachedMacs[2 * entry] ^ macHigh) | (cachedMacs[2 * entry + 1] ^ macLow)) == 0;
  }

  private void remember(int entry, FileHandle handle, long accessPoint, ByteBuffer handleMac) {
    cached[entry] = handle;
    cachedAccessPoints[entry] = accessPoint;
    cachedMacs[2 * entry] = handleMac.getLong(0);
    cachedMacs[2 * entry + 1] = handleMac.getLong(8);
  }

  private ByteBuffer macOf(FileHandle handle, long accessPoint) {
    signed.clear();
    signed.putInt(formatOf(accessPoint)).putInt(handle.generation()).putLong(fileSystem);
    signed.putLong(handle.inode());
    if (accessPoint != WHOLE) {
      signed.putLong(accessPoint);
    }
    mac.update(signed.flip());
    return ByteBuffer.wrap(mac.doFinal());
  }

  private static int entryOf(long inode, int generation, long accessPoint) {
    long hash = ((inode * 31 + generation) * 31 + accessPoint) * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> (Long.SIZE - CACHE_ENTRY_BITS));
  }
}
