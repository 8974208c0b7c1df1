package io.atoll.io.ring;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.OperationShares.Share;
import io.atoll.io.linux.IoVectors;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import io.atoll.io.loop.Loop;
import io.atoll.io.ring.SlotTable.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One disk's share of its loop's ring: submits operations, continues short ones, retries those that
 * the kernel asks to, and reports each end exactly once. Loop-confined.
 *
 * <p>A file has a bounded number of operations with the kernel; the others wait in its queues,
 * first in, first out: one for syncs and durable writes, one for all else. Queued ones cost a row
 * of {@link SlotTable} each.
 */
final class RingOperations implements IoUringIoHandle, DrainedHandle {

  private static final Logger LOG = LoggerFactory.getLogger(RingOperations.class);

  /** How often one operation may be told {@code EINTR} or {@code EAGAIN} before that is its end. */
  private static final int MAX_RETRIES = 100;

  /**
   * How many operations go to the kernel at once. What is submitted together reaches the disk only
   * when all of it is prepared, and until then a disk that has ended all before has nothing to do.
   */
  static final int BURST_OPERATIONS = 8;

  /** What Netty answers when a registration takes no more submissions. */
  private static final long NOT_SUBMITTED = 0;

  private final Loop loop;
  private final EndCounter counter;
  private final int alignmentMask;
  private final boolean durableWriteFlushes;
  private final SlotTable slots = new SlotTable();
  private final IoVectors vectors =
      new IoVectors(Disk.MAX_VECTOR_BUFFERS, Disk.MAX_DISK_OPERATIONS);
  private final OwnedDescriptors owned = new OwnedDescriptors();
  private IoRegistration registration;
  private IoRegistration ring;
  private int inFlight;
  private int inBurst;
  private boolean completing;
  private int stagedHead = SlotTable.NONE;
  private int stagedTail = SlotTable.NONE;
  private boolean stopped;
  private boolean gone;
  private Runnable idleTask;

  /**
   * @param alignmentBytes of offsets and lengths, a power of two
   * @param durableWriteFlushes whether {@code RWF_DSYNC} makes earlier writes durable too
   */
  RingOperations(Loop loop, IoCounters counters, int alignmentBytes, boolean durableWriteFlushes) {
    this.loop = loop;
    counter = new EndCounter(counters);
    this.alignmentMask = alignmentBytes - 1;
    this.durableWriteFlushes = durableWriteFlushes;
  }

  @Override
  public void submitsBy(IoRegistration newRing) {
    ring = newRing;
  }

  /** Takes this handle's registration with the loop, once; it is cancelled at the end. */
  void registeredAs(IoRegistration newRegistration) {
    registration = newRegistration;
  }

  /** What is closed with the disk at the latest. */
  OwnedDescriptors owned() {
    return owned;
  }

  // --- submission ---

  void read(
      RingFile file, long address, int length, long offset, IoCompletion completion, long cookie) {
    transfer(Kind.READ, RingOpcode.READ, 0, file, address, length, offset, completion, cookie);
  }

  void write(
      RingFile file, long address, int length, long offset, IoCompletion completion, long cookie) {
    transfer(Kind.WRITE, RingOpcode.WRITE, 0, file, address, length, offset, completion, cookie);
  }

  void writeDurably(
      RingFile file, long address, int length, long offset, IoCompletion completion, long cookie) {
    Kind kind = durableWriteFlushes ? Kind.DURABLE_WRITE : Kind.WRITE_THEN_SYNC;
    int flags = durableWriteFlushes ? LinuxAbi.RWF_DSYNC : 0;
    transfer(kind, RingOpcode.WRITE, flags, file, address, length, offset, completion, cookie);
  }

  private void transfer(
      Kind kind,
      byte opcode,
      int flags,
      RingFile file,
      long address,
      int length,
      long offset,
      IoCompletion completion,
      long cookie) {
    int slot = fileSlot(kind, opcode, file, completion, cookie);
    if (slot == SlotTable.NONE) {
      return;
    }
    slots.address[slot] = address;
    slots.length[slot] = length;
    slots.offset[slot] = offset;
    slots.flags[slot] = flags;
    slots.total[slot] = length;
    submitOrQueue(slot, file);
  }

  /** {@code kind} is one of the vectored ones. */
  void moveVectored(
      Kind kind,
      RingFile file,
      ByteBuf[] buffers,
      int count,
      int total,
      long offset,
      IoCompletion completion,
      long cookie) {
    byte opcode = kind == Kind.VECTORED_READ ? RingOpcode.READV : RingOpcode.WRITEV;
    int slot = fileSlot(kind, opcode, file, completion, cookie);
    if (slot == SlotTable.NONE) {
      return;
    }
    int block = vectors.take();
    for (int i = 0; i < count; i++) {
      vectors.set(block, i, buffers[i]);
    }
    slots.vectors[slot] = block;
    slots.address[slot] = vectors.address(block, 0);
    slots.length[slot] = count;
    slots.offset[slot] = offset;
    slots.flags[slot] = 0;
    slots.total[slot] = total;
    submitOrQueue(slot, file);
  }

  void dataSync(RingFile file, IoCompletion completion, long cookie) {
    int slot = fileSlot(Kind.DATA_SYNC, RingOpcode.FSYNC, file, completion, cookie);
    if (slot == SlotTable.NONE) {
      return;
    }
    asDataSync(slot);
    submitOrQueue(slot, file);
  }

  /** {@code mode} as of {@code fallocate(2)}. */
  void changeSpace(
      RingFile file,
      Kind kind,
      int mode,
      long offset,
      long lengthBytes,
      IoCompletion completion,
      long cookie) {
    int slot = fileSlot(kind, RingOpcode.FALLOCATE, file, completion, cookie);
    if (slot == SlotTable.NONE) {
      return;
    }
    slots.address[slot] = lengthBytes;
    slots.length[slot] = mode;
    slots.offset[slot] = offset;
    slots.flags[slot] = 0;
    submitOrQueue(slot, file);
  }

  /** Submits one step of a change of names; the fields are those of the submission queue entry. */
  void metadata(
      byte opcode,
      int fd,
      long offset,
      long address,
      int length,
      int flags,
      IoCompletion completion) {
    assert loop.inLoop() : "called outside of " + loop;
    int slot = stopped ? SlotTable.NONE : slots.acquire(Kind.METADATA);
    if (slot == SlotTable.NONE) {
      reject(completion, 0, stopped ? -Errno.ECANCELED : -Errno.EAGAIN);
      return;
    }
    slots.completion[slot] = completion;
    slots.cookie[slot] = 0;
    slots.opcode[slot] = opcode;
    slots.fd[slot] = fd;
    slots.offset[slot] = offset;
    slots.address[slot] = address;
    slots.length[slot] = length;
    slots.flags[slot] = flags;
    start(slot);
  }

  /** Closes a descriptor that no file owns. */
  void closeDescriptor(int fd, IoCompletion completion) {
    if (stopped) {
      reject(completion, 0, Syscalls.close(fd));
    } else {
      metadata(RingOpcode.CLOSE, fd, 0, 0, 0, 0, completion);
    }
  }

  /** Closes a file in which nothing is in flight or queued any more, or as soon as that is so. */
  void closeWhenIdle(RingFile file) {
    if (!file.syncs.isIdle() || !file.others.isIdle()) {
      return;
    }
    if (owned.giveUp(file)) {
      closeDescriptor(file.fd, file.closeCompletion());
    } else {
      // The loop has ended, and closed it.
      reject(file.closeCompletion(), 0, -Errno.ECANCELED);
    }
  }

  /** Reports an end that the kernel has no part in, after the caller has returned. */
  void reject(IoCompletion completion, long cookie, int result) {
    counter.rejected(result);
    loop.execute(() -> report(completion, cookie, result));
  }

  private int fileSlot(
      Kind kind, byte opcode, RingFile file, IoCompletion completion, long cookie) {
    assert loop.inLoop() : "called outside of " + loop;
    int slot = stopped ? SlotTable.NONE : slots.acquire(kind);
    if (slot == SlotTable.NONE) {
      reject(completion, cookie, stopped ? -Errno.ECANCELED : -Errno.EAGAIN);
      return slot;
    }
    slots.opcode[slot] = opcode;
    slots.file[slot] = file;
    slots.fd[slot] = file.fd;
    slots.completion[slot] = completion;
    slots.cookie[slot] = cookie;
    return slot;
  }

  private void submitOrQueue(int slot, RingFile file) {
    if (queueOf(file, slots.kind[slot]).enter(slots, slot)) {
      start(slot);
    }
  }

  private static FileQueue queueOf(RingFile file, Kind kind) {
    return kind.share == Share.SYNCS ? file.syncs : file.others;
  }

  /**
   * Submits now if the burst has room or, from within a completion, as soon as that has returned.
   * The compiler leaves out the submission's entry object only where it sees all of its way into
   * the ring's memory; at the bottom of a completion's call stack that would be beyond its inlining
   * depth.
   */
  private void start(int slot) {
    if (!completing && inBurst < BURST_OPERATIONS) {
      submit(slot);
      return;
    }
    if (stagedHead == SlotTable.NONE) {
      stagedHead = slot;
    } else {
      slots.next[stagedTail] = slot;
    }
    stagedTail = slot;
  }

  /** First in, first out, until as many are in the burst. */
  private void submitStaged(int upToInBurst) {
    while (inBurst < upToInBurst && stagedHead != SlotTable.NONE) {
      int slot = stagedHead;
      stagedHead = slots.next[slot];
      slots.next[slot] = SlotTable.NONE;
      submit(slot);
    }
  }

  @Override
  public boolean hasStaged() {
    return stagedHead != SlotTable.NONE;
  }

  @Override
  public boolean nextBurst() {
    inBurst = 0;
    submitStaged(BURST_OPERATIONS);
    return inBurst > 0;
  }

  private void submit(int slot) {
    int done = slots.done[slot];
    boolean vectored = slots.vectors[slot] != SlotTable.NONE;
    IoUringIoOps entry =
        new IoUringIoOps(
            slots.opcode[slot],
            (byte) 0,
            (short) 0,
            slots.fd[slot],
            slots.offset[slot] + done,
            vectored ? slots.address[slot] : slots.address[slot] + done,
            vectored ? slots.length[slot] : slots.length[slot] - done,
            slots.flags[slot],
            (long) slot,
            (short) 0,
            (short) 0,
            0,
            0L);
    if (ring.submit(entry) == NOT_SUBMITTED) {
      // Told later, as all ends are; those staged behind this one still have their turn.
      loop.execute(() -> end(slot, -Errno.ECANCELED));
    } else {
      inFlight++;
      inBurst++;
    }
  }

  private void asDataSync(int slot) {
    slots.opcode[slot] = RingOpcode.FSYNC;
    slots.address[slot] = 0;
    slots.length[slot] = 0;
    slots.offset[slot] = 0;
    slots.done[slot] = 0;
    slots.flags[slot] = RingOpcode.FSYNC_DATASYNC;
  }

  // --- completion ---

  @Override
  public void handle(IoRegistration from, IoEvent ioEvent) {
    IoUringIoEvent event = (IoUringIoEvent) ioEvent;
    completing = true;
    try {
      completed((int) event.userData(), event.res());
    } finally {
      completing = false;
    }
    submitStaged(BURST_OPERATIONS);
  }

  private void completed(int slot, int result) {
    inFlight--;
    switch (slots.kind[slot]) {
      case READ, VECTORED_READ, WRITE, VECTORED_WRITE, DURABLE_WRITE, WRITE_THEN_SYNC ->
          moved(slot, result);
      case SYNC_AFTER_WRITE -> end(slot, result < 0 ? result : slots.total[slot]);
      case DATA_SYNC, METADATA -> end(slot, result);
      case ALLOCATE, PUNCH -> {
        if (!again(slot, result)) {
          end(slot, result);
        }
      }
    }
  }

  private void moved(int slot, int result) {
    if (again(slot, result)) {
      return;
    }
    if (result < 0) {
      end(slot, result);
      return;
    }
    slots.done[slot] += result;
    int done = slots.done[slot];
    boolean whole = done == slots.total[slot];
    boolean more = !whole && result > 0 && (done & alignmentMask) == 0;
    boolean sync = whole && slots.kind[slot] == Kind.WRITE_THEN_SYNC;
    if (stopped && (more || sync)) {
      end(slot, -Errno.ECANCELED);
    } else if (more) {
      if (slots.vectors[slot] != SlotTable.NONE) {
        skipVectors(slot, result);
      }
      start(slot);
    } else if (slots.kind[slot] == Kind.READ || slots.kind[slot] == Kind.VECTORED_READ) {
      end(slot, done);
    } else if (!whole) {
      end(slot, -Errno.EIO);
    } else if (sync) {
      slots.file[slot].grownTo(slots.offset[slot] + done);
      slots.kind[slot] = Kind.SYNC_AFTER_WRITE;
      asDataSync(slot);
      start(slot);
    } else {
      end(slot, done);
    }
  }

  private void skipVectors(int slot, int bytes) {
    int block = slots.vectors[slot];
    int from = slots.firstVector[slot];
    int to = vectors.advance(block, from, bytes);
    slots.firstVector[slot] = to;
    slots.address[slot] = vectors.address(block, to);
    slots.length[slot] -= to - from;
  }

  private boolean again(int slot, int result) {
    if ((result == -Errno.EINTR || result == -Errno.EAGAIN)
        && slots.retries[slot] < MAX_RETRIES
        && !stopped) {
      slots.retries[slot]++;
      start(slot);
      return true;
    }
    return false;
  }

  private void end(int slot, int result) {
    Kind kind = slots.kind[slot];
    RingFile file = slots.file[slot];
    IoCompletion completion = slots.completion[slot];
    long cookie = slots.cookie[slot];
    counter.ended(slots, slot, result);
    if (slots.vectors[slot] != SlotTable.NONE) {
      vectors.give(slots.vectors[slot]);
    }
    slots.release(slot);
    if (kind != Kind.METADATA) {
      submitNext(file, queueOf(file, kind));
    }
    report(completion, cookie, result);
    if (idleTask != null && slots.used() == 0) {
      Runnable task = idleTask;
      idleTask = null;
      task.run();
    }
  }

  /** Before the completion runs, so that what it submits goes behind what already waits. */
  private void submitNext(RingFile file, FileQueue queue) {
    int slot = queue.leave(slots);
    if (slot != SlotTable.NONE) {
      start(slot);
    } else if (file.isClosing()) {
      closeWhenIdle(file);
    }
  }

  private static void report(IoCompletion completion, long cookie, int result) {
    try {
      completion.completed(cookie, result);
    } catch (Throwable defect) {
      LOG.error(
          "The completion of a disk operation threw (cookie {}, result {})",
          cookie,
          result,
          defect);
    }
  }

  // --- end ---

  /** Runs {@code task}, one at a time, once nothing is in flight or queued. */
  void whenIdle(Runnable task) {
    if (slots.used() == 0) {
      loop.execute(task);
    } else {
      idleTask = task;
    }
  }

  @Override
  public int operationsInFlight() {
    return inFlight;
  }

  @Override
  public boolean isGone() {
    return gone;
  }

  /** Takes no more operations; {@link #unregistered} follows once none is in flight. */
  @Override
  public void close() {
    if (stopped) {
      return;
    }
    submitStaged(Integer.MAX_VALUE);
    stopped = true;
    for (RingFile file : new ArrayList<>(owned.files())) {
      cancelQueued(file.syncs);
      cancelQueued(file.others);
    }
    registration.cancel();
  }

  private void cancelQueued(FileQueue queue) {
    List<Integer> waiting = new ArrayList<>();
    for (int slot = queue.takeWaiting(slots);
        slot != SlotTable.NONE;
        slot = queue.takeWaiting(slots)) {
      waiting.add(slot);
    }
    for (int slot : waiting) {
      end(slot, -Errno.ECANCELED);
    }
  }

  @Override
  public void registered() {
    // Nothing to do: the registration itself comes by registeredAs.
  }

  /** The ring has let go of this handle: no completion is outstanding, memory may be freed. */
  @Override
  public void unregistered() {
    gone = true;
    owned.closeAll();
    vectors.close();
  }
}
