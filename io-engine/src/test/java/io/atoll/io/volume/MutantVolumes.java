package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.GroupHeader;
import io.atoll.io.log.LogReplayer.Replayed;
import io.atoll.io.log.LogScanner;
import io.atoll.io.log.LogSegment;
import io.atoll.io.loop.Loop;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.space.FreedBlocks;
import io.atoll.io.space.PinEpochs;
import io.atoll.io.space.RegionImage;
import io.atoll.io.space.RegionSize;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Volumes that break one rule each. */
public final class MutantVolumes {
  private static final int UNIT_BLOCKS = RegionImage.BLOCKS_PER_UNIT;

  private MutantVolumes() {}

  /** Reuses freed blocks though someone reads them. */
  public static VolumeWorld.Opener droppingPins() {
    return made(
        new VolumeParts() {
          @Override
          PinEpochs pins() {
            return new PinEpochs() {
              @Override
              public boolean endedUpTo(long epoch) {
                return true;
              }
            };
          }
        });
  }

  /** Takes whatever the disk gives. */
  public static VolumeWorld.Opener ignoringChecksums() {
    return made(
        new VolumeParts() {
          @Override
          BlockChecksums checksums() {
            return new BlockChecksums() {
              @Override
              public int firstMismatch(
                  ByteBuf buffer, int index, int blocks, int[] crcs, int crcsFrom) {
                return -1;
              }
            };
          }
        });
  }

  /** Reuses blocks before the record that frees them is durable. */
  public static VolumeWorld.Opener reusingEarly() {
    return made(
        new VolumeParts() {
          @Override
          FreedBlocks freedBlocks(PinEpochs pins) {
            return new FreedBlocks(pins) {
              @Override
              protected boolean mayReuse(long sequence, long epoch, long commitSequence) {
                return pins.endedUpTo(epoch);
              }
            };
          }
        });
  }

  /** Frees neighbours as if no region ended between them. */
  public static VolumeWorld.Opener freeingAcrossRegions() {
    return (environment, options, opened) ->
        LogVolume.open(
            environment,
            options.inRegionsOf(
                new RegionSize(options.regionSize().units()) {
                  @Override
                  protected int blocksToEnd(long address) {
                    return Integer.MAX_VALUE;
                  }
                }),
            opened);
  }

  /** On a disk that breaks a promise. */
  static VolumeWorld.Opener lying(LyingDisk.Lie lie) {
    return (environment, options, opened) ->
        LogVolume.open(
            new VolumeEnvironment(
                environment.loop(),
                environment.workers(),
                environment.checkpointWorkers(),
                new LyingDisk(environment.disk(), environment.loop(), lie),
                environment.index(),
                environment.buffers(),
                environment.space()::usableBytes,
                environment.overwritesInPlace(),
                environment.random()),
            options,
            opened);
  }

  /** Opens files while a process that was killed still writes to them. */
  public static VolumeWorld.Opener openingAtOnce() {
    return (environment, options, opened) -> {
      ((SimDisk) environment.disk()).openAtOnce();
      LogVolume.open(environment, options, opened);
    };
  }

  /** On a disk that redirects overwrites. */
  static VolumeWorld.Opener redirecting(boolean takenForInPlace) {
    return (environment, options, opened) -> {
      ((SimDisk) environment.disk()).redirectOverwrites();
      LogVolume.open(
          new VolumeEnvironment(
              environment.loop(),
              environment.workers(),
              environment.checkpointWorkers(),
              environment.disk(),
              environment.index(),
              environment.buffers(),
              environment.space()::usableBytes,
              takenForInPlace,
              environment.random()),
          options,
          opened);
    };
  }

  /** Cuts the log though the index has not flushed what is cut. */
  static VolumeWorld.Opener cuttingLogEarly() {
    return (environment, options, opened) ->
        LogVolume.open(
            new VolumeEnvironment(
                environment.loop(),
                environment.workers(),
                environment.checkpointWorkers(),
                environment.disk(),
                fresh -> new ForgetfulIndex(environment.index().open(fresh)),
                environment.buffers(),
                environment.space()::usableBytes,
                environment.overwritesInPlace(),
                environment.random()),
            options,
            opened);
  }

  /** Takes a group for whole whatever its records' checksums say. */
  static VolumeWorld.Opener acceptingTornGroups() {
    return made(
        new VolumeParts() {
          @Override
          LogScanner scanner(GroupCodec codec, List<LogSegment> segments, ByteBuf window) {
            return new LogScanner(codec, segments, window) {
              @Override
              protected boolean intact(
                  GroupCodec groupCodec, ByteBuf in, int index, GroupHeader header) {
                return true;
              }
            };
          }
        });
  }

  /** Keeps the last group though its data did not arrive with it. */
  static VolumeWorld.Opener trustingLastGroup() {
    return made(
        new VolumeParts() {
          @Override
          LastGroupCheck lastGroupCheck(ByteBuf window) {
            return new LastGroupCheck(window) {
              @Override
              public CompletableFuture<Long> firstLostBlock(
                  List<Replayed> group, DiskFile extents, String name) {
                return CompletableFuture.completedFuture(LastGroupCheck.NONE);
              }
            };
          }
        });
  }

  /** Drops a change from memory while a read may still miss it in the index. */
  static VolumeWorld.Opener droppingOverlay() {
    return made(
        new VolumeParts() {
          @Override
          Overlay overlay() {
            return new Overlay() {
              @Override
              boolean mayDrop(long epoch) {
                return true;
              }
            };
          }
        });
  }

  /** Punches before the index knows durably that there is a hole. */
  static VolumeWorld.Opener punchingUndurably() {
    return marking((puncher, holes, marked) -> {
      puncher.superMark(holes, () -> {});
      puncher.loop.execute(marked);
    });
  }

  /** Takes a hole for written space. */
  static VolumeWorld.Opener takingHolesForWritten() {
    return marking((puncher, holes, marked) -> {
      puncher.superMark(holes, marked);
      for (long at = holes.address(); at < holes.end(); at += UNIT_BLOCKS) {
        puncher.parts.space().setWritten(new BlockRun(at, UNIT_BLOCKS));
      }
    });
  }

  /** Punches a run as soon as a record that frees it is appended. */
  static VolumeWorld.Opener punchingHastily() {
    return made(
        new VolumeParts() {
          private DiskFile extents;

          @Override
          HolePuncher holePuncher(
              Loop loop, OpenedParts parts, VolumeOptions options, HolePuncher.Listener listener) {
            extents = parts.extents();
            return super.holePuncher(loop, parts, options, listener);
          }

          @Override
          FreedBlocks freedBlocks(PinEpochs pins) {
            return new FreedBlocks(pins) {
              @Override
              public void add(long sequence, long address, int blocks) {
                super.add(sequence, address, blocks);
                long offset = address * Volume.BLOCK_BYTES;
                long bytes = (long) blocks * Volume.BLOCK_BYTES;
                extents.punch(offset, bytes, (cookie, result) -> {}, 0);
              }
            };
          }
        });
  }

  /** Takes a whole unit for written when a part of it has been synced. */
  static VolumeWorld.Opener takingPartsForWhole() {
    return made(
        new VolumeParts() {
          @Override
          SyncedUnits syncedUnits() {
            return new SyncedUnits() {
              @Override
              void add(BlockRun run, Consumer<BlockRun> whole) {
                long first = run.address() / UNIT_BLOCKS;
                for (long unit = first; unit * UNIT_BLOCKS < run.end(); unit++) {
                  whole.accept(new BlockRun(unit * UNIT_BLOCKS, UNIT_BLOCKS));
                }
              }
            };
          }
        });
  }

  /** Counts as synced what was synced before the space below it was given back. */
  static VolumeWorld.Opener keepingSyncedUnits() {
    return made(
        new VolumeParts() {
          @Override
          SyncedUnits syncedUnits() {
            return new SyncedUnits() {
              @Override
              void forget(BlockRun run) {}
            };
          }
        });
  }

  private interface Marking {
    void mark(Puncher puncher, BlockRun holes, Runnable marked);
  }

  private static final class Puncher extends HolePuncher {
    private final Loop loop;
    private final OpenedParts parts;
    private final Marking marking;

    Puncher(
        Loop loop, OpenedParts parts, VolumeOptions options, Listener listener, Marking marking) {
      super(loop, parts, options, listener);
      this.loop = loop;
      this.parts = parts;
      this.marking = marking;
    }

    @Override
    void mark(BlockRun holes, Runnable marked) {
      marking.mark(this, holes, marked);
    }

    void superMark(BlockRun holes, Runnable marked) {
      super.mark(holes, marked);
    }
  }

  private static VolumeWorld.Opener marking(Marking marking) {
    return made(
        new VolumeParts() {
          @Override
          HolePuncher holePuncher(
              Loop loop, OpenedParts parts, VolumeOptions options, HolePuncher.Listener listener) {
            return new Puncher(loop, parts, options, listener, marking);
          }
        });
  }

  private static VolumeWorld.Opener made(VolumeParts parts) {
    return (environment, options, opened) -> LogVolume.open(environment, options, parts, opened);
  }
}
