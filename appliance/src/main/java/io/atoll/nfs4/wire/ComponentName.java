package io.atoll.nfs4.wire;

import io.atoll.fs.FileLimits;
import io.atoll.xdr.XdrReader;

/**
 * A component4: one name of a path. Any bytes but {@code /} and NUL; UTF-8 is not asked for, as
 * Linux clients send what their users typed (RFC 8881, section 14.5, lets a server be liberal).
 */
public final class ComponentName {
  /** Names up to this length on the wire are told that they are too long; longer are malformed. */
  private static final int MAX_WIRE_BYTES = 64 * 1024;

  private byte[] bytes;
  private Nfs4Status status = Nfs4Status.OK;

  private ComponentName() {}

  /** Reads a name. Check the reader first, then {@link #status}. */
  public static ComponentName decode(XdrReader reader) {
    ComponentName name = new ComponentName();
    int index = reader.opaqueIndex(MAX_WIRE_BYTES);
    if (reader.isMalformed()) {
      name.status = Nfs4Status.BADXDR;
      return name;
    }
    int length = reader.opaqueLengthBytes();
    if (length == 0) {
      name.status = Nfs4Status.INVAL;
    } else if (length > FileLimits.HIGHEST.maxNameBytes()) {
      name.status = Nfs4Status.NAMETOOLONG;
    } else {
      name.bytes = new byte[length];
      reader.buffer().getBytes(index, name.bytes);
      name.status = check(name.bytes);
    }
    return name;
  }

  /** OK, or what is wrong with the name. */
  public Nfs4Status status() {
    return status;
  }

  /** The name, if it is a good one. */
  public byte[] bytes() {
    return bytes;
  }

  private static Nfs4Status check(byte[] name) {
    for (byte b : name) {
      if (b == '/' || b == 0) {
        return Nfs4Status.BADCHAR;
      }
    }
    boolean dots = name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    return dots ? Nfs4Status.BADNAME : Nfs4Status.OK;
  }
}
