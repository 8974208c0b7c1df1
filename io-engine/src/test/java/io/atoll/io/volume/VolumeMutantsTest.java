package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.fail;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.GroupHeader;
import io.atoll.io.log.LogReplayer.Replayed;
import io.atoll.io.log.LogScanner;
import io.atoll.io.log.LogSegment;
import io.atoll.io.loop.Loop;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.VolumeSimulation;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.space.FreedBlocks;
import io.atoll.io.space.PinEpochs;
import io.atoll.io.space.RegionImage;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Breaks one rule of the volume at a time. The simulation must notice each within a bounded number
 * of seeds, or its silence about the real volume would prove nothing.
 */
class VolumeMutantsTest {

  private static final int MAX_SEEDS = 1000;
  private static final long HONEST_SEEDS = 10;
  private static final int UNIT_BLOCKS = RegionImage.BLOCKS_PER_UNIT;

  @Test
  void aSkippedFlushOfTheLogIsCaught() {
    assertCaught(lying(LyingDisk.Lie.LOG_FLUSH_SKIPPED));
  }

  @Test
  void anEarlyAcknowledgementIsCaught() {
    assertCaught(lying(LyingDisk.Lie.LOG_COMPLETES_EARLY));
  }

  @Test
  void aSkippedSyncOfUnwrittenSpaceIsCaught() {
    assertCaught(lying(LyingDisk.Lie.SYNC_OF_EXTENTS_SKIPPED));
  }

  @Test
  void relyingOnTheLogsFlushWhereOverwritesAreRedirectedIsCaught() {
    assertCaught(redirecting(true));
  }

  @Test
  void overwritesMayBeRedirectedIfTheVolumeKnows() {
    for (long seed = 1; seed <= HONEST_SEEDS; seed++) {
      VolumeSimulation.run(seed, redirecting(false));
    }
  }

  private static VolumeWorld.Opener redirecting(boolean takenForInPlace) {
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
              environment.space(),
              takenForInPlace,
              environment.random()),
          options,
          opened);
    };
  }

  @Test
  void cuttingTheLogAheadOfTheIndexIsCaught() {
    assertCaught((environment, options, opened) ->
        LogVolume.open(
            new VolumeEnvironment(
                environment.loop(),
                environment.workers(),
                environment.checkpointWorkers(),
                environment.disk(),
                fresh -> new ForgetfulIndex(environment.index().open(fresh)),
                environment.buffers(),
                environment.space(),
                environment.overwritesInPlace(),
                environment.random()),
            options,
            opened));
  }

  @Test
  void reuseBeforeTheCommitIsCaught() {
    assertCaught(
        made(
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
            }));
  }

  @Test
  void aDroppedPinIsCaught() {
    assertCaught(
        made(
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
            }));
  }

  @Test
  void anAcceptedTornGroupIsCaught() {
    assertCaught(
        made(
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
            }));
  }

  @Test
  void aLastGroupWithoutItsDataIsCaught() {
    assertCaught(
        made(
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
            }));
  }

  @Test
  void anOverlayDroppedUnderAReadIsCaught() {
    assertCaught(
        made(
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
            }));
  }

  @Test
  void aHoleThatTheIndexDoesNotKnowDurablyIsCaught() {
    assertCaught(
        made(
            new VolumeParts() {
              @Override
              HolePuncher holePuncher(
                  Loop loop,
                  OpenedParts parts,
                  VolumeOptions options,
                  HolePuncher.Listener listener) {
                return new HolePuncher(loop, parts, options, listener) {
                  @Override
                  void mark(BlockRun holes, Runnable marked) {
                    super.mark(holes, () -> {});
                    loop.execute(marked);
                  }
                };
              }
            }));
  }

  @Test
  void aHoleStillTakenForWrittenIsCaught() {
    assertCaught(
        made(
            new VolumeParts() {
              @Override
              HolePuncher holePuncher(
                  Loop loop,
                  OpenedParts parts,
                  VolumeOptions options,
                  HolePuncher.Listener listener) {
                return new HolePuncher(loop, parts, options, listener) {
                  @Override
                  void mark(BlockRun holes, Runnable marked) {
                    super.mark(holes, marked);
                    for (long at = holes.address(); at < holes.end(); at += UNIT_BLOCKS) {
                      parts.space().setWritten(new BlockRun(at, UNIT_BLOCKS));
                    }
                  }
                };
              }
            }));
  }

  @Test
  void aPunchBeforeTheFreeIsCommittedIsCaught() {
    assertCaught(made(new HastyPunching()));
  }

  /** Punches a run as soon as a record that frees it is appended. */
  private static final class HastyPunching extends VolumeParts {
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
  }

  private static VolumeWorld.Opener lying(LyingDisk.Lie lie) {
    return (environment, options, opened) ->
        LogVolume.open(
            new VolumeEnvironment(
                environment.loop(),
                environment.workers(),
                environment.checkpointWorkers(),
                new LyingDisk(environment.disk(), environment.loop(), lie),
                environment.index(),
                environment.buffers(),
                environment.space(),
                environment.overwritesInPlace(),
                environment.random()),
            options,
            opened);
  }

  private static VolumeWorld.Opener made(VolumeParts parts) {
    return (environment, options, opened) -> LogVolume.open(environment, options, parts, opened);
  }

  private static void assertCaught(VolumeWorld.Opener mutant) {
    for (long seed = 1; seed <= MAX_SEEDS; seed++) {
      try {
        VolumeSimulation.run(seed, mutant);
      } catch (AssertionError caught) {
        return;
      }
    }
    fail("not caught within " + MAX_SEEDS + " seeds");
  }
}
