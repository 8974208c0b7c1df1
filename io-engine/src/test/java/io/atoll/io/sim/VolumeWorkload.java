package io.atoll.io.sim;

import io.atoll.io.sim.VolumeModel.Allocation;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.DataLane;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Users of a volume: they put, delete, scan, write, overwrite, truncate and read files, wait for
 * commits or don't, and compare each answer with the model as of the answer, each byte read
 * included.
 */
public final class VolumeWorkload {

  private static final int FILES = 12;
  private static final int KEYS = 40;
  private static final int BURST_ONE_IN = 40;
  private static final int MAX_BURST_VALUE_BYTES = 250_000;
  private static final long MAX_PAUSE_NANOS = 60_000;
  private static final long MAX_READ_PAUSE_NANOS = 1_500_000;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final VolumeWorld world;
  private final byte[] block = new byte[Volume.BLOCK_BYTES];
  private final Volume volume;
  private final SimLaneLoop laneLoop;
  private final VolumeModel model;
  private final SplittableRandom random;
  private Habit habit;
  private boolean readsMayFail;
  private boolean stopped;

  /** What the users of a life do most. */
  public enum Habit {
    ALL(4, 6),
    WRITING(9, 12),
    REMOVING(2, 1);

    /** Of twelve operations. */
    private final int writes;

    private final int removeAllOneIn;

    Habit(int writes, int removeAllOneIn) {
      this.writes = writes;
      this.removeAllOneIn = removeAllOneIn;
    }
  }

  public VolumeWorkload(VolumeWorld world) {
    this(world, Habit.ALL);
  }

  public VolumeWorkload(VolumeWorld world, Habit habit) {
    this.world = world;
    this.habit = habit;
    volume = world.volume();
    laneLoop = new SimLaneLoop(world.loop());
    model = world.model();
    random = world.random().split();
  }

  /** Disk operations or what they carry may go wrong: then reads may fail, too. */
  public VolumeWorkload readsMayFail() {
    readsMayFail = true;
    return this;
  }

  /** What they do most from now on. */
  public void turn(Habit newHabit) {
    habit = newHabit;
  }

  /** Sets so many users to work. */
  public void start(int users) {
    for (int i = 0; i < users; i++) {
      later();
    }
  }

  /** Nobody begins anything more. */
  public void stop() {
    stopped = true;
  }

  private void later() {
    world
        .loop()
        .later(
            MAX_PAUSE_NANOS,
            () -> {
              if (!stopped && !volume.fenced()) {
                volume.awaitRoom(status -> next());
              }
            });
  }

  private void next() {
    if (stopped || volume.fenced()) {
      return;
    }
    String file = "f/" + random.nextInt(FILES);
    if (random.nextInt(12) < habit.writes) {
      write(file);
      return;
    }
    switch (random.nextInt(8)) {
      case 0 -> {
        if (random.nextInt(habit.removeAllOneIn) == 0) {
          removeAll();
        } else {
          truncate(file);
        }
      }
      case 1, 2, 3 -> read(file);
      case 4 -> scan();
      default -> {
        if (random.nextInt(BURST_ONE_IN) == 0) {
          burst();
        } else {
          put();
        }
      }
    }
  }

  // --- small values ---

  /** More than a group holds, without waiting for room: up to the length of the log. */
  private void burst() {
    for (int i = 2 + random.nextInt(8); i > 0; i--) {
      VolumeModel.Change record = newRecord();
      Volume.Mutation mutation = volume.newMutation();
      byte[] key = VolumeModel.key("b/" + random.nextInt(3));
      change(record, mutation, key, new byte[1 + random.nextInt(MAX_BURST_VALUE_BYTES)]);
      append(record, mutation);
    }
    volume.awaitCommit(model.sequence(), status -> later());
  }

  private void put() {
    VolumeModel.Change record = newRecord();
    Volume.Mutation mutation = volume.newMutation();
    for (int i = random.nextInt(4); i >= 0; i--) {
      byte[] key = VolumeModel.key("k/" + random.nextInt(KEYS));
      boolean delete = random.nextInt(3) == 0;
      byte[] value =
          delete ? null : randomBytes(random.nextInt(random.nextInt(40) == 0 ? 30000 : 200));
      change(record, mutation, key, value);
    }
    append(record, mutation);
    if (random.nextBoolean()) {
      later();
    } else {
      volume.awaitCommit(model.sequence(), status -> later());
    }
  }

  private void scan() {
    byte[] from = VolumeModel.key("k/" + random.nextInt(KEYS));
    byte[] to = VolumeModel.key(random.nextBoolean() ? "k0" : "k/" + random.nextInt(KEYS));
    int limit = 1 + random.nextInt(random.nextBoolean() ? 5 : 50);
    volume.scan(
        from,
        to,
        limit,
        (status, entries) -> {
          if (status == VolumeStatus.OK) {
            compare(from, to, limit, entries);
          }
          later();
        });
  }

  private void compare(byte[] from, byte[] to, int limit, List<Volume.Entry> found) {
    int at = 0;
    if (Arrays.compareUnsigned(from, to) < 0) {
      for (Map.Entry<byte[], byte[]> expected : model.map().subMap(from, to).entrySet()) {
        if (at == limit) {
          break;
        }
        Invariant.require(
            at < found.size()
                && Arrays.equals(found.get(at).key(), expected.getKey())
                && Arrays.equals(found.get(at).value(), expected.getValue()),
            () ->
                "a scan misses "
                    + new String(expected.getKey(), java.nio.charset.StandardCharsets.ISO_8859_1));
        at++;
      }
    }
    Invariant.require(at == found.size(), "a scan shows what is not there");
  }

  /** Has about half of the blocks moved by another loop. */
  VolumeWorkload onTwoLoops() {
    volume.addLane(laneLoop, world.disk(), status -> {});
    return this;
  }

  // --- files ---

  private void write(String file) {
    int size =
        switch (random.nextInt(8)) {
          case 0 -> 1 + random.nextInt(256);
          case 1, 2 -> 1 + random.nextInt(40);
          default -> 1 + random.nextInt(6);
        };
    List<BlockRun> runs = allocate(file, size);
    if (runs.isEmpty()) {
      truncate(file);
      return;
    }
    List<Allocation> allocations = new ArrayList<>();
    int[] pending = {runs.size()};
    VolumeStatus[] worst = {VolumeStatus.OK};
    for (BlockRun run : runs) {
      ByteBuf data = world.buffers().take(run.blocks() * Volume.BLOCK_BYTES);
      int[] crcs = fill(data, run.blocks());
      allocations.add(new Allocation(run, crcs));
      writeBlocks(
          run,
          data,
          crcs,
          status -> {
            data.release();
            worst[0] = status == VolumeStatus.OK ? worst[0] : status;
            if (--pending[0] == 0) {
              written(file, runs, allocations, worst[0]);
            }
          });
    }
  }

  /** By the home loop or by another. */
  private void writeBlocks(BlockRun run, ByteBuf data, int[] crcs, Volume.StatusCallback callback) {
    DataLane lane = laneFor(run);
    if (lane == null) {
      volume.writeBlocks(run, data, 0, callback);
      return;
    }
    int[] summed = new int[crcs.length];
    volume.writeBlocks(
        lane,
        run,
        data,
        0,
        summed,
        0,
        status -> {
          Invariant.require(
              status != VolumeStatus.OK || Arrays.equals(crcs, summed),
              "blocks " + run + " were summed wrongly");
          callback.done(status);
        });
  }

  /** Null for the home loop: about every other run. */
  private DataLane laneFor(BlockRun run) {
    return run.address() % 2 == 0 ? null : volume.lane(laneLoop);
  }

  private List<BlockRun> allocate(String file, int blocks) {
    List<BlockRun> runs = volume.allocate(blocks, Volume.AllocationClass.DATA);
    int old =
        decode(model.map().get(VolumeModel.key(file))).stream()
            .mapToInt(allocation -> allocation.run().blocks())
            .sum();
    return runs.isEmpty() && blocks <= old
        ? volume.allocate(blocks, Volume.AllocationClass.OVERWRITE)
        : runs;
  }

  private void written(
      String file, List<BlockRun> runs, List<Allocation> allocations, VolumeStatus status) {
    if (status != VolumeStatus.OK || random.nextInt(20) == 0) {
      volume.abandon(runs);
      later();
      return;
    }
    VolumeModel.Change record = newRecord();
    Volume.Mutation mutation = volume.newMutation();
    free(record, mutation, decode(model.map().get(VolumeModel.key(file))));
    for (Allocation allocation : allocations) {
      mutation.allocated(allocation.run(), allocation.crcs(), 0);
      record.allocated.add(allocation);
    }
    change(record, mutation, VolumeModel.key(file), encode(allocations));
    append(record, mutation);
    if (random.nextBoolean()) {
      later();
    } else {
      volume.awaitCommit(model.sequence(), ended -> later());
    }
  }

  private void truncate(String file) {
    byte[] key = VolumeModel.key(file);
    List<Allocation> allocations = decode(model.map().get(key));
    if (!allocations.isEmpty()) {
      VolumeModel.Change record = newRecord();
      Volume.Mutation mutation = volume.newMutation();
      Allocation last = allocations.removeLast();
      int keep = random.nextInt(last.run().blocks());
      BlockRun freed = new BlockRun(last.run().address() + keep, last.run().blocks() - keep);
      mutation.freed(freed);
      record.freed.add(freed);
      if (keep > 0) {
        BlockRun kept = new BlockRun(last.run().address(), keep);
        allocations.add(new Allocation(kept, Arrays.copyOf(last.crcs(), keep)));
      }
      change(record, mutation, key, allocations.isEmpty() ? null : encode(allocations));
      append(record, mutation);
    }
    later();
  }

  /** Frees all the space there is, in one record. */
  private void removeAll() {
    VolumeModel.Change record = newRecord();
    Volume.Mutation mutation = volume.newMutation();
    List<Allocation> all = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      byte[] key = VolumeModel.key("f/" + i);
      all.addAll(decode(model.map().get(key)));
      change(record, mutation, key, null);
    }
    free(record, mutation, all);
    append(record, mutation);
    later();
  }

  /** As one run what lies together, wherever regions end. */
  private static void free(
      VolumeModel.Change record, Volume.Mutation mutation, List<Allocation> allocations) {
    List<BlockRun> runs = new ArrayList<>();
    allocations.stream()
        .map(Allocation::run)
        .sorted(Comparator.comparingLong(BlockRun::address))
        .forEach(run -> {
          boolean joins = !runs.isEmpty() && runs.getLast().end() == run.address();
          long from = joins ? runs.removeLast().address() : run.address();
          runs.add(new BlockRun(from, (int) (run.end() - from)));
        });
    runs.forEach(mutation::freed);
    record.freed.addAll(runs);
  }

  private void read(String file) {
    Volume.Pin pin = volume.pinBlocks();
    byte[] key = VolumeModel.key(file);
    volume.get(
        key,
        (status, value) -> {
          if (status != VolumeStatus.OK) {
            pin.release();
            later();
            return;
          }
          Invariant.require(
              Arrays.equals(value, model.map().get(key)), "a get shows another value");
          world.loop().later(MAX_READ_PAUSE_NANOS, () -> readNext(decode(value), pin));
        });
  }

  private void readNext(List<Allocation> left, Volume.Pin pin) {
    if (left.isEmpty() || stopped) {
      pin.release();
      later();
      return;
    }
    Allocation next = left.removeFirst();
    ByteBuf into = world.buffers().take(next.run().blocks() * Volume.BLOCK_BYTES);
    readBlocks(
        next,
        into,
        status -> {
          if (status == VolumeStatus.OK) {
            compare(next, into);
          } else {
            Invariant.require(
                status == VolumeStatus.FENCED || readsMayFail || world.mayBeDamaged(),
                "pinned blocks " + next.run() + " read back as " + status);
          }
          into.release();
          readNext(left, pin);
        });
  }

  private void readBlocks(Allocation next, ByteBuf into, Volume.StatusCallback callback) {
    DataLane lane = laneFor(next.run());
    if (lane == null) {
      volume.readBlocks(next.run(), next.crcs(), 0, into, 0, callback);
      return;
    }
    ByteBuf[] pieces = {into.setIndex(0, next.run().blocks() * Volume.BLOCK_BYTES)};
    volume.readBlocks(lane, next.run(), next.crcs(), 0, pieces, 1, callback);
  }

  private void compare(Allocation expected, ByteBuf found) {
    for (int i = 0; i < expected.crcs().length; i++) {
      found.getBytes(i * Volume.BLOCK_BYTES, block);
      long address = expected.run().address() + i;
      Invariant.require(
          VolumeWorld.crc(block) == expected.crcs()[i],
          () -> "block " + address + " is given out as something else");
    }
  }

  // --- records ---

  private VolumeModel.Change newRecord() {
    return new VolumeModel.Change(random.nextLong());
  }

  private static void change(
      VolumeModel.Change record, Volume.Mutation mutation, byte[] key, byte[] value) {
    record.changes.put(key, value);
    if (value == null) {
      mutation.delete(key);
    } else {
      mutation.put(key, value);
    }
  }

  private void append(VolumeModel.Change record, Volume.Mutation mutation) {
    change(record, mutation, VolumeModel.key("m"), CommitNeverAheadOfDisk.encode(record.marker));
    if (volume.fenced() || stopped) {
      return;
    }
    boolean lazily = random.nextInt(3) == 0;
    long sequence = lazily ? volume.appendLazily(mutation) : volume.append(mutation);
    model.append(record);
    Invariant.require(sequence == model.sequence(), () -> "sequence " + sequence);
    if (lazily && random.nextBoolean()) {
      return; // durable with another one, or when it has lingered for long enough
    }
    volume.awaitCommit(
        sequence,
        status -> {
          if (status == VolumeStatus.OK) {
            world.acked(sequence);
          }
        });
  }

  private int[] fill(ByteBuf data, int blocks) {
    int[] crcs = new int[blocks];
    for (int i = 0; i < blocks; i++) {
      // A little randomness in each sector is enough to tell it from any other's.
      for (int at = 0; at < block.length; at += SimDisk.SECTOR_BYTES) {
        LONGS.set(block, at, random.nextLong());
      }
      data.setBytes(i * Volume.BLOCK_BYTES, block);
      crcs[i] = VolumeWorld.crc(block);
    }
    return crcs;
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] encode(List<Allocation> allocations) {
    int bytes = 4;
    for (Allocation allocation : allocations) {
      bytes += 12 + 4 * allocation.crcs().length;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    out.putInt(allocations.size());
    for (Allocation allocation : allocations) {
      out.putLong(allocation.run().address()).putInt(allocation.run().blocks());
      for (int crc : allocation.crcs()) {
        out.putInt(crc);
      }
    }
    return out.array();
  }

  private static List<Allocation> decode(byte[] value) {
    List<Allocation> allocations = new ArrayList<>();
    if (value != null) {
      ByteBuffer in = ByteBuffer.wrap(value);
      for (int i = in.getInt(); i > 0; i--) {
        long address = in.getLong();
        int[] crcs = new int[in.getInt()];
        for (int block = 0; block < crcs.length; block++) {
          crcs[block] = in.getInt();
        }
        allocations.add(new Allocation(new BlockRun(address, crcs.length), crcs));
      }
    }
    return allocations;
  }
}
