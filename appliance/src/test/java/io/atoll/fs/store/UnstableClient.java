package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.Attributes;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A client of one file as RFC 8881, section 18.32, wants it: keeps what it has written until a
 * COMMIT with the verifier of the writes says that it is durable, and sends it again when the
 * verifier has changed. It believes each answer when that may leave, and remembers with which
 * content it was told which change attribute.
 */
final class UnstableClient {
  private static final int MAX_BYTES = 40_000;
  private static final int MAX_WRITE_BYTES = 9_000;

  /** A write, and the content after it. */
  private record Write(int offset, byte[] bytes, byte[] after) {}

  private final FileHandle file;
  private final SplittableRandom random;

  /** Each change attribute that was told, and the content that it stood for. */
  private final Map<Long, Integer> contentByChange = new HashMap<>();

  private final Deque<Write> uncommitted = new ArrayDeque<>();
  private byte[] committed = new byte[0];
  private byte[] content = new byte[0];
  private long verifier;
  private TestFs fs;
  private boolean busy;

  UnstableClient(FileHandle file, SplittableRandom random) {
    this.file = file;
    this.random = random;
  }

  boolean isBusy() {
    return busy;
  }

  /** Has one operation at a time under way. */
  void next() {
    switch (random.nextInt(8)) {
      case 0 -> commit();
      case 1 -> look();
      case 2 -> write(random.nextInt(MAX_BYTES), newBytes(), Stability.FILE_SYNC);
      default -> write(random.nextInt(MAX_BYTES), newBytes(), Stability.UNSTABLE);
    }
  }

  private byte[] newBytes() {
    byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 500 : MAX_WRITE_BYTES)];
    Arrays.fill(bytes, (byte) random.nextInt());
    return bytes;
  }

  // --- operations ---

  private void write(int offset, byte[] bytes, Stability stability) {
    byte[] after = Arrays.copyOf(content, Math.max(content.length, offset + bytes.length));
    System.arraycopy(bytes, 0, after, offset, bytes.length);
    uncommitted.add(new Write(offset, bytes, after));
    ByteBuf data = MemoryVolume.aligned(bytes.length, offset & 4095);
    data.setBytes(0, bytes);
    FsCall call = begin();
    fs.fs.write(
        call,
        file,
        true,
        offset,
        data,
        stability,
        (status, result) -> {
          if (status == FsStatus.DELAY) {
            uncommitted.removeLast();
            busy = false;
          } else if (status == FsStatus.OK) {
            content = after;
            fs.fs.attributes(
                call,
                file,
                (found, attributes) -> whenTold(call, () -> written(result, attributes, after)));
          }
        });
  }

  private void written(WriteResult result, Attributes attributes, byte[] after) {
    told(attributes.change(), after);
    if (result.stability() != Stability.UNSTABLE) {
      committed();
    }
  }

  private void commit() {
    FsCall call = begin();
    fs.fs.commit(
        call,
        file,
        (status, nothing) -> {
          if (status == FsStatus.OK) {
            whenTold(
                call,
                () -> {
                  if (fs.fs.writeVerifier() == verifier) {
                    committed();
                  }
                });
          }
        });
  }

  private void look() {
    FsCall call = begin();
    byte[] seen = content;
    fs.fs.attributes(
        call,
        file,
        (status, attributes) -> {
          if (status == FsStatus.OK) {
            whenTold(call, () -> told(attributes.change(), seen));
          }
        });
  }

  private FsCall begin() {
    busy = true;
    return fs.call(TestFs.ROOT, random);
  }

  private void whenTold(FsCall call, Runnable then) {
    fs.fs.awaitDurable(
        call.requiredSequence(),
        (status, nothing) -> {
          if (status == FsStatus.OK) {
            busy = false;
            then.run();
          }
        });
  }

  private void committed() {
    committed = content;
    uncommitted.clear();
  }

  private void told(long change, byte[] seen) {
    Integer before = contentByChange.put(change, Arrays.hashCode(seen));
    assertTrue(
        before == null || before == Arrays.hashCode(seen),
        "change attribute " + change + " was told before with other content");
  }

  // --- the server begins, or begins again ---

  /** Finds the server's new instance, looks what is left, and sends again what it still has. */
  void reconnect(TestFs newFs) {
    fs = newFs;
    busy = false;
    Attributes attributes = fs.stat(file);
    byte[] found = fs.read(file, 0, MAX_BYTES + MAX_WRITE_BYTES);
    List<byte[]> allowed = new ArrayList<>(List.of(committed));
    uncommitted.forEach(write -> allowed.add(write.after()));
    assertTrue(
        allowed.stream().anyMatch(each -> Arrays.equals(each, found)),
        "neither what was committed nor a prefix of what was written after it");
    long most = contentByChange.keySet().stream().mapToLong(each -> each).max().orElse(0);
    assertTrue(
        attributes.change() >= most, "change went from " + most + " to " + attributes.change());
    told(attributes.change(), found);
    boolean lost = fs.fs.writeVerifier() != verifier;
    verifier = fs.fs.writeVerifier();
    content = found;
    if (lost) {
      sendAgain();
    }
  }

  private void sendAgain() {
    List<Write> writes = List.copyOf(uncommitted);
    uncommitted.clear();
    byte[] expected = writes.isEmpty() ? content : writes.getLast().after();
    for (Write write : writes) {
      write(write.offset(), write.bytes(), Stability.UNSTABLE);
      fs.driver.runUntil(() -> !busy);
    }
    commit();
    fs.driver.runUntil(() -> !busy);
    assertEquals(0, uncommitted.size(), "writes not committed");
    assertTrue(
        Arrays.equals(expected, fs.read(file, 0, MAX_BYTES + MAX_WRITE_BYTES)),
        "what was sent again and committed is not there");
  }
}
