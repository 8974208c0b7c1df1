package io.atoll.perf.bench.fake;

import static io.atoll.perf.bench.fake.FakeNfsServer.require;

import io.atoll.perf.bench.fake.FakeFiles.Node;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Runs one COMPOUND: the numbers are those of RFC 8881, and nobody else's. */
final class FakeCompound {
  private static final int OK = 0;
  private static final int NOENT = 2;
  private static final int EXIST = 17;
  private static final int NOTEMPTY = 66;
  private static final int DELAY = 10008;
  private static final int SEQ_MISORDERED = 10063;
  private static final int SLOTS = 64;
  private static final int FOREVER = Integer.MAX_VALUE;

  /** What all connections have in common. */
  static final class Shared {
    private final FakeFiles files;
    private final FakeFault fault;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong lastClient = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong verifier = new AtomicLong(99);
    private final AtomicInteger readsNow = new AtomicInteger();
    private final AtomicInteger readsAtOnce = new AtomicInteger();
    private final Set<Long> readers = ConcurrentHashMap.newKeySet();

    /** The last sequence of each slot, by session and slot. */
    private final Map<String, Integer> sequences = new ConcurrentHashMap<>();

    Shared(FakeFiles files, FakeFault fault) {
      this.files = files;
      this.fault = fault;
    }

    long reads() {
      return reads.get();
    }

    int readsAtOnce() {
      return readsAtOnce.get();
    }

    int readers() {
      return readers.size();
    }

    void lose() {
      files.lose();
      verifier.incrementAndGet();
    }
  }

  private final Shared shared;
  private final FakeFault fault;
  private final ByteBuffer in;
  private final ByteBuffer out;
  private Node current;
  private Node saved;
  private long session;

  FakeCompound(Shared shared, ByteBuffer in, ByteBuffer out) {
    this.shared = shared;
    this.in = in;
    this.out = out;
    fault = shared.fault;
  }

  /** False if there is to be no answer. */
  boolean run() throws EOFException {
    opaque();
    require(in.getInt() == 1, "minor version 1");
    int count = in.getInt();
    int statusAt = out.position();
    out.putInt(OK).putInt(0);
    int countAt = out.position();
    out.putInt(0);
    if (fault.compoundStatus != 0) {
      out.putInt(statusAt, fault.compoundStatus);
      return true;
    }
    for (int i = 0; i < count; i++) {
      int operation = in.getInt();
      int at = out.position();
      out.putInt(operation).putInt(OK);
      int status = execute(operation);
      if (status == FOREVER) {
        return false;
      }
      out.putInt(countAt, i + 1);
      if (status != OK) {
        out.position(at + 8);
        out.putInt(at + 4, status);
        out.putInt(statusAt, status);
        return true;
      }
    }
    require(!in.hasRemaining(), "nothing behind the last operation");
    return true;
  }

  private int execute(int operation) throws EOFException {
    return switch (operation) {
      case 4 -> close();
      case 5 -> commit();
      case 6 -> createDirectory();
      case 9 -> getAttributes();
      case 10 -> getHandle();
      case 15 -> lookup();
      case 18 -> open();
      case 22 -> putHandle();
      case 24 -> {
        current = shared.files.node(FakeFiles.ROOT);
        yield OK;
      }
      case 25 -> read();
      case 26 -> readDirectory();
      case 28 -> remove();
      case 29 -> rename();
      case 32 -> {
        saved = current;
        yield OK;
      }
      case 38 -> write();
      case 42 -> exchangeId();
      case 43 -> createSession();
      case 44 -> skip(16);
      case 53 -> sequence();
      case 57 -> skip(8);
      case 58 -> skip(4);
      default -> throw new IllegalStateException("operation " + operation);
    };
  }

  private int skip(int bytes) {
    in.position(in.position() + bytes);
    return OK;
  }

  private byte[] opaque() {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    skip((4 - bytes.length % 4) % 4);
    return bytes;
  }

  private void put(byte[] bytes) {
    out.putInt(bytes.length).put(bytes);
    out.put(new byte[(4 - bytes.length % 4) % 4]);
  }

  private String name() {
    return new String(opaque(), StandardCharsets.UTF_8);
  }

  private void changeInfo() {
    out.putInt(1).putLong(1).putLong(2);
  }

  private boolean isSetupDelayed() {
    return fault.setupDelays.get() > 0 && fault.setupDelays.decrementAndGet() >= 0;
  }

  private int exchangeId() {
    in.getLong();
    opaque();
    require(in.getInt() == 0, "no flags");
    require(in.getInt() == 0, "no protection");
    require(in.getInt() == 0, "no implementation ID");
    if (isSetupDelayed()) {
      return DELAY;
    }
    out.putLong(shared.lastClient.incrementAndGet()).putInt(1).putInt(0x10000).putInt(0);
    out.putLong(7);
    put("fake".getBytes(StandardCharsets.US_ASCII));
    put(new byte[0]);
    out.putInt(0);
    return OK;
  }

  private int createSession() {
    long client = in.getLong();
    int sequence = in.getInt();
    in.getInt();
    skip(4);
    int maxRequest = in.getInt();
    int maxResponse = in.getInt();
    int maxCached = in.getInt();
    int maxOperations = in.getInt();
    int maxRequests = Math.min(SLOTS, in.getInt());
    require(in.getInt() == 0, "no RDMA");
    skip(24);
    require(in.getInt() == 0, "no RDMA");
    in.getInt();
    require(in.getLong() == 1L << 32, "one AUTH_NONE");
    require(sequence == 1, "the sequence that EXCHANGE_ID gave");
    if (isSetupDelayed()) {
      return DELAY;
    }
    out.putLong(client).putLong(~client).putInt(sequence).putInt(0);
    int bytes = (1 << 20) + 4096;
    out.putInt(0).putInt(Math.min(bytes, maxRequest)).putInt(Math.min(bytes, maxResponse));
    out.putInt(maxCached).putInt(maxOperations).putInt(maxRequests).putInt(0);
    out.putInt(0).putInt(4096).putInt(4096).putInt(4096).putInt(2).putInt(1).putInt(0);
    return OK;
  }

  private int sequence() {
    long high = in.getLong();
    long low = in.getLong();
    int sequence = in.getInt();
    int slot = in.getInt();
    in.getInt();
    int keep = in.getInt();
    require(low == ~high, "a session ID that was given");
    require(keep == 0 || keep == 1, "a boolean");
    require(slot >= 0 && slot < SLOTS, "a slot that was granted");
    session = high;
    String key = high + "/" + slot;
    if (sequence != shared.sequences.getOrDefault(key, 0) + 1) {
      return SEQ_MISORDERED;
    }
    shared.sequences.put(key, sequence);
    out.putLong(high).putLong(low).putInt(sequence).putInt(slot);
    out.putInt(SLOTS - 1).putInt(SLOTS - 1).putInt(0);
    return OK;
  }

  private int putHandle() {
    current = shared.files.node(ByteBuffer.wrap(opaque()).getLong());
    return current == null ? 70 : OK;
  }

  private int getHandle() {
    put(ByteBuffer.allocate(8).putLong(current.number).array());
    return OK;
  }

  private int lookup() {
    current = current.children.get(name());
    return current == null ? NOENT : OK;
  }

  private int open() {
    in.getInt();
    int access = in.getInt();
    require((access & 0xFF) != 0 && in.getInt() == 0, "an access, and no denial");
    in.getLong();
    opaque();
    boolean creates = in.getInt() == 1;
    boolean guarded = false;
    if (creates) {
      guarded = in.getInt() == 1;
      attributes(0644);
    }
    require(in.getInt() == 0, "CLAIM_NULL");
    String name = name();
    Node found = current.children.get(name);
    if (found == null && !creates) {
      return NOENT;
    }
    if (found != null && guarded) {
      return EXIST;
    }
    current = found != null ? found : shared.files.make(current, name, false);
    out.putInt(1).putLong(current.number).putInt(9);
    changeInfo();
    out.putInt(0).putInt(0).putInt(3).putInt(0);
    return OK;
  }

  /** A bitmap with nothing but the mode in it, and the mode. */
  private void attributes(int mode) {
    require(in.getInt() == 2, "two words");
    require(in.getLong() == 2, "the mode's bit alone");
    require(in.getInt() == 4, "a mode's length");
    require(in.getInt() == mode, "the mode");
  }

  private void stateid() {
    require(in.getInt() == 1 && in.getLong() == current.number && in.getInt() == 9, "a stateid");
  }

  private int close() {
    in.getInt();
    stateid();
    out.putInt(2).putLong(current.number).putInt(9);
    return OK;
  }

  private int commit() {
    skip(12);
    if (shared.commits.incrementAndGet() == fault.loseAtCommit) {
      shared.lose();
    }
    current.commit();
    out.putLong(shared.verifier.get());
    return OK;
  }

  private int read() throws EOFException {
    stateid();
    long offset = in.getLong();
    int count = in.getInt();
    long number = shared.reads.incrementAndGet();
    if (number == fault.closeAtRead) {
      throw new EOFException();
    }
    if (fault.hangAtRead > 0 && number >= fault.hangAtRead) {
      return FOREVER;
    }
    if (fault.refuseFromRead > 0 && number >= fault.refuseFromRead) {
      return fault.readStatus;
    }
    if (fault.delays.get() > 0 && fault.delays.decrementAndGet() >= 0) {
      return DELAY;
    }
    shared.readers.add(session);
    shared.readsAtOnce.accumulateAndGet(shared.readsNow.incrementAndGet(), Math::max);
    pause(fault.readDelayMillis + (number == fault.stallAtRead ? fault.stallMillis : 0));
    shared.readsNow.decrementAndGet();
    byte[] data = current.read(offset, count);
    corrupt(data);
    out.putInt(offset + data.length >= current.size() ? 1 : 0);
    put(data);
    return OK;
  }

  private void corrupt(byte[] data) {
    long every = fault.corruptEveryBytes;
    long from = shared.readBytes.getAndAdd(data.length);
    if (every > 0) {
      long next = (from / every + 1) * every - 1;
      if (next < from + data.length) {
        data[(int) (next - from)] ^= 0x40;
      }
    }
  }

  private static void pause(long millis) {
    if (millis > 0) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private int write() {
    stateid();
    long offset = in.getLong();
    int stable = in.getInt();
    require(stable >= 0 && stable <= 2, "a stability");
    byte[] data = opaque();
    if (shared.writes.incrementAndGet() == fault.loseAtWrite) {
      shared.lose();
    }
    if (fault.tornWriteMillis > 0) {
      current.write(offset, Arrays.copyOf(data, data.length / 2));
      pause(fault.tornWriteMillis);
    }
    current.write(offset, data);
    int committed = fault.committed < 0 ? stable : fault.committed;
    if (committed > 0) {
      current.commit();
    }
    out.putInt(data.length).putInt(committed).putLong(shared.verifier.get());
    return OK;
  }

  private int createDirectory() {
    require(in.getInt() == 2, "a directory");
    String name = name();
    attributes(0755);
    if (current.children.containsKey(name)) {
      return EXIST;
    }
    current = shared.files.make(current, name, true);
    changeInfo();
    out.putInt(0);
    return OK;
  }

  private int remove() {
    String name = name();
    Node found = current.children.get(name);
    if (found == null) {
      return NOENT;
    }
    if (!found.children.isEmpty()) {
      return NOTEMPTY;
    }
    shared.files.remove(current, name);
    changeInfo();
    return OK;
  }

  private int rename() {
    String from = name();
    String to = name();
    Node moved = saved.children.remove(from);
    if (moved == null) {
      return NOENT;
    }
    current.children.put(to, moved);
    changeInfo();
    changeInfo();
    return OK;
  }

  private void skipBitmap() {
    skip(4 * in.getInt());
  }

  private int getAttributes() {
    skipBitmap();
    out.putInt(1).putInt(1 << 4);
    put(ByteBuffer.allocate(8).putLong(current.size()).array());
    return OK;
  }

  private int readDirectory() {
    long cookie = in.getLong();
    skip(16);
    skipBitmap();
    out.putLong(5);
    long at = 2;
    int given = 0;
    for (Map.Entry<String, Node> entry : current.children.entrySet()) {
      at++;
      if (at > cookie && given < 10) {
        given++;
        out.putInt(1).putLong(at);
        put(entry.getKey().getBytes(StandardCharsets.UTF_8));
        out.putInt(0).putInt(0);
      }
    }
    out.putInt(0).putInt(cookie + given >= at || given == 0 ? 1 : 0);
    return OK;
  }
}
