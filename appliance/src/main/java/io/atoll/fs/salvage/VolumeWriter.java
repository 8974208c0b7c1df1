package io.atoll.fs.salvage;

import io.atoll.io.loop.Loop;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.Volume.AllocationClass;
import io.atoll.io.volume.Volume.Mutation;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Fills a volume from a thread that may block. Changes are gathered into records as large as may
 * be; nobody else may append meanwhile. Confined to one thread, which is not the volume's loop.
 */
final class VolumeWriter {
  /** Of a record, what is gathered before it is appended: with one more chunk it still fits. */
  private static final int RECORD_BYTES = Volume.MAX_RECORD_BYTES / 2;

  /** What a change takes in a record besides key and value. */
  private static final int CHANGE_BYTES = 16;

  private final Volume volume;
  private final Loop loop;
  private final List<Consumer<Mutation>> changes = new ArrayList<>();
  private int gatheredBytes;
  private long sequence;

  VolumeWriter(Volume volume, Loop loop) {
    this.volume = volume;
    this.loop = loop;
    sequence = this.<Long>onLoop(done -> done.complete(volume.appendedSequence()));
  }

  /** The sequence of the record that the next change will be in. */
  long sequence() {
    makeRoom();
    return sequence + 1;
  }

  void put(byte[] key, byte[] value) {
    makeRoom();
    gather(key.length + value.length, mutation -> mutation.put(key, value));
  }

  /** As {@link #put}, in the record of the blocks that were written just before. */
  void putTogether(byte[] key, byte[] value) {
    gather(key.length + value.length, mutation -> mutation.put(key, value));
  }

  /** Writes data to blocks, which then belong to the record of the next changes. */
  void write(BlockRun run, ByteBuf data, int index, int[] crcs) {
    require(
        this.<VolumeStatus>onLoop(done -> volume.writeBlocks(run, data, index, done::complete)));
    gather(Long.BYTES + Integer.BYTES * crcs.length, mutation -> mutation.allocated(run, crcs, 0));
  }

  /** Takes blocks, waiting while some are on their way. */
  List<BlockRun> allocate(int blocks) {
    while (true) {
      List<BlockRun> runs =
          this.<List<BlockRun>>onLoop(
              done -> done.complete(volume.allocate(blocks, AllocationClass.DATA)));
      if (!runs.isEmpty()) {
        return runs;
      }
      append();
      boolean coming = this.<Boolean>onLoop(done -> done.complete(volume.spaceComing()));
      if (!coming) {
        throw new SalvageException("the disk of the new store is full: give it more room");
      }
      require(
          this.<VolumeStatus>onLoop(
              done -> volume.awaitSpace(blocks, AllocationClass.DATA, done::complete)));
    }
  }

  /** Makes all durable. */
  void commit() {
    append();
    require(this.<VolumeStatus>onLoop(done -> volume.awaitCommit(sequence, done::complete)));
  }

  private void gather(int bytes, Consumer<Mutation> change) {
    changes.add(change);
    gatheredBytes += CHANGE_BYTES + bytes;
  }

  private void makeRoom() {
    if (gatheredBytes >= RECORD_BYTES) {
      append();
    }
  }

  private void append() {
    if (changes.isEmpty()) {
      return;
    }
    require(this.<VolumeStatus>onLoop(done -> volume.awaitRoom(done::complete)));
    sequence =
        this.<Long>onLoop(done -> {
          Mutation mutation = volume.newMutation();
          changes.forEach(change -> change.accept(mutation));
          done.complete(volume.append(mutation));
        });
    changes.clear();
    gatheredBytes = 0;
  }

  private static void require(VolumeStatus status) {
    if (status != VolumeStatus.OK) {
      throw new SalvageException(
          "the new store can't be written (" + status + "): the log above says why");
    }
  }

  private <T> T onLoop(Consumer<CompletableFuture<T>> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        task.accept(done);
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    return done.join();
  }
}
