package io.atoll.xdr;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds XDR by hand for tests, independently of {@link XdrWriter}. */
public final class XdrBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public static XdrBytes xdr() {
    return new XdrBytes();
  }

  public XdrBytes i(int... values) {
    for (int value : values) {
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }
    return this;
  }

  public XdrBytes l(long... values) {
    for (long value : values) {
      out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }
    return this;
  }

  public XdrBytes opaque(byte[] bytes) {
    i(bytes.length);
    out.writeBytes(bytes);
    out.writeBytes(new byte[-bytes.length & 3]);
    return this;
  }

  public XdrBytes string(String text) {
    return opaque(text.getBytes(StandardCharsets.UTF_8));
  }

  public XdrBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public byte[] bytes() {
    return out.toByteArray();
  }
}
