package io.atoll.nfs4.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystemId;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileHandleCodecTest {
  private static final FileSystemId ID = new FileSystemId(1, 2);
  private static final int HANDLES = 50_000;

  private static FileHandleCodec codec(FileSystemId id, int secretByte) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) secretByte);
    return new FileHandleCodec(id, secret);
  }

  private static byte[] encode(FileHandleCodec codec, FileHandle handle) {
    return encode(codec, handle, FileHandleCodec.WHOLE);
  }

  private static byte[] encode(FileHandleCodec codec, FileHandle handle, long accessPoint) {
    XdrWriter writer = new XdrWriter().begin(UnpooledByteBufAllocator.DEFAULT, 64);
    codec.encode(writer, handle, accessPoint);
    byte[] bytes = ByteBufUtil.getBytes(writer.buffer());
    writer.discard();
    return bytes;
  }

  private static FileHandle decode(FileHandleCodec codec, byte[] bytes) {
    return codec.decode(new XdrReader().wrap(Unpooled.wrappedBuffer(bytes), 0, bytes.length));
  }

  @Test
  void handlesGoRoundThroughCacheAndPastIt() {
    FileHandleCodec codec = codec(ID, 5);
    FileHandleCodec fresh = codec(ID, 5);
    Random random = new Random(1);
    for (int i = 0; i < HANDLES; i++) {
      FileHandle handle = new FileHandle(random.nextInt(30_000), random.nextInt(3));
      byte[] bytes = encode(codec, handle);
      assertEquals(4 + FileHandleCodec.HANDLE_BYTES, bytes.length);
      assertEquals(handle, decode(codec, bytes));
      assertEquals(handle, decode(fresh, bytes));
    }
  }

  @Test
  void handleIsTheSameAfterARestart() {
    FileHandle handle = new FileHandle(77, 3);
    assertArrayEquals(encode(codec(ID, 5), handle), encode(codec(ID, 5), handle));
  }

  @Test
  void handleOfAnotherKeyOrFileSystemIsNotTaken() {
    FileHandle handle = new FileHandle(77, 3);
    byte[] bytes = encode(codec(ID, 5), handle);
    assertNull(decode(codec(ID, 6), bytes));
    assertNull(decode(codec(new FileSystemId(9, 2), 5), bytes));
  }

  @Test
  void forgedHandleIsRefusedWhetherTheTrueOneIsCachedOrNot() {
    FileHandleCodec codec = codec(ID, 5);
    byte[] bytes = encode(codec, new FileHandle(77, 3));
    byte[] forged = bytes.clone();
    forged[bytes.length - 1] ^= 1;
    assertNull(decode(codec, forged));
    assertNull(decode(codec(ID, 5), forged));
    // Another generation of the same inode is another handle.
    byte[] generation = bytes.clone();
    generation[11] ^= 1;
    assertFalse(Arrays.equals(bytes, generation));
    assertNull(decode(codec, generation));
    assertEquals(new FileHandle(77, 3), decode(codec, bytes));
  }

  @Test
  void handleTellsItsAccessPointAndIsNoOthers() {
    FileHandleCodec codec = codec(ID, 5);
    FileHandle handle = new FileHandle(77, 3);
    byte[] whole = encode(codec, handle);
    byte[] through = encode(codec, handle, 9);
    assertEquals(4 + FileHandleCodec.ACCESS_POINT_HANDLE_BYTES, through.length);
    for (FileHandleCodec each : new FileHandleCodec[] {codec, codec(ID, 5)}) {
      assertEquals(handle, decode(each, through));
      assertEquals(9, each.decodedAccessPoint());
      assertEquals(handle, decode(each, whole));
      assertEquals(FileHandleCodec.WHOLE, each.decodedAccessPoint());
    }
  }

  @Test
  void accessPointOfAHandleCannotBeChangedOrLeftOut() {
    FileHandle handle = new FileHandle(77, 3);
    byte[] through = encode(codec(ID, 5), handle, 9);
    for (int key : new int[] {8, 0}) {
      byte[] other = through.clone();
      other[4 + 31] = (byte) key;
      assertNull(decode(codec(ID, 5), other));
    }
    // As a handle of the whole file system: without the key, and with the format of those.
    byte[] whole = new byte[4 + FileHandleCodec.HANDLE_BYTES];
    System.arraycopy(through, 0, whole, 0, 4 + 24);
    System.arraycopy(through, 4 + 32, whole, 4 + 24, 16);
    whole[3] = (byte) FileHandleCodec.HANDLE_BYTES;
    whole[4] = 1;
    assertNull(decode(codec(ID, 5), whole));
  }
}
