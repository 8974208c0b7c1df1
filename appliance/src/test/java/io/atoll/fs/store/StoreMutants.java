package io.atoll.fs.store;

import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.io.sim.Mutant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** The mutants of the store. */
public final class StoreMutants {
  private static final int MAX_SEEDS = 100;

  private StoreMutants() {}

  public static List<Mutant> all() {
    return List.of(
        unstable(
            "forgets the reservation",
            store ->
                new UnstableWrites(store) {
                  @Override
                  boolean admits(Inode inode, Change change) {
                    return true;
                  }
                }),
        unstable(
            "answers before the reservation is durable",
            store ->
                new UnstableWrites(store) {
                  @Override
                  boolean admits(Inode inode, Change change) {
                    super.admits(inode, change);
                    return true;
                  }
                }),
        unstable(
            "outgrows its reservation",
            store ->
                new UnstableWrites(store) {
                  @Override
                  boolean admits(Inode inode, Change change) {
                    if (inode.changeBound != 0) {
                      return true;
                    }
                    // As far ahead as if the record reserved a single change.
                    boolean admitted = super.admits(inode, change);
                    byte[] one = new byte[VALUE_BYTES];
                    one[0] = VERSION;
                    BigEndian.putLong(one, 8, inode.change + 1);
                    change.put(Keys.changeBound(inode.number), one);
                    return admitted;
                  }
                }),
        unstable(
            "recovers without moving the change attribute",
            store ->
                new UnstableWrites(store) {
                  @Override
                  void recover(Consumer<FsStatus> then) {
                    then.accept(FsStatus.OK);
                  }
                }),
        unstable(
            "answers COMMIT before it is durable",
            store ->
                new UnstableWrites(store) {
                  @Override
                  void commit(FsCall call, Inode inode) {}
                }),
        new Mutant(
            "store",
            "lists a directory as it was before",
            MAX_SEEDS,
            seed -> RandomHistoryTest.agree(seed, listingAsBefore())),
        new Mutant(
            "store",
            "takes names for cached that are not any more",
            MAX_SEEDS,
            seed -> RandomHistoryTest.tiny(seed, countingTooMany())),
        underQuotas(
            "counts on what was removed",
            store ->
                new Quotas(store) {
                  @Override
                  void recount(Inode inode, Change change) {
                    if (!inode.gone) {
                      super.recount(inode, change);
                    }
                  }
                }),
        underQuotas(
            "lets files grow beyond a quota",
            store ->
                new Quotas(store) {
                  @Override
                  FsStatus admit(int number, long objects, long blocks) {
                    return FsStatus.OK;
                  }
                }),
        underQuotas(
            "lets a file come into a quota without counting it",
            store ->
                new Quotas(store) {
                  @Override
                  void renamed(Inode from, Inode to, Inode source, Change change) {}
                }),
        crashUnderQuotas("forgets what a quota has counted", Keys.QUOTA_TREE),
        crashUnderQuotas("forgets what is still to be counted", Keys.QUOTA_WALK),
        store("answers before its record is durable", volume -> volume.commitsEarly = true),
        forgetting("forgets which removed files are held", Keys.ORPHAN_HELD),
        new Mutant(
            "store",
            "forgets which removed files are being freed",
            MAX_SEEDS,
            seed ->
                RemovalHistory.run(seed, volume -> volume.forgets = isMark(Keys.ORPHAN_REAPED))),
        new Mutant(
            "store",
            "forgets which files are being cut",
            MAX_SEEDS,
            seed ->
                TruncationHistory.run(
                    seed, volume -> volume.forgets = isMark(Keys.ORPHAN_TRIMMED))));
  }

  private static Mutant underQuotas(String broken, Function<Store, Quotas> mutant) {
    StoreParts parts =
        new StoreParts() {
          @Override
          Quotas quotas(Store store) {
            return mutant.apply(store);
          }
        };
    return new Mutant(
        "quotas", broken, MAX_SEEDS, seed -> RandomHistoryTest.underQuotas(seed, parts));
  }

  private static Mutant crashUnderQuotas(String broken, byte kind) {
    return new Mutant(
        "quotas",
        broken,
        MAX_SEEDS,
        seed ->
            RandomHistoryTest.crashUnderQuotas(
                seed, volume -> volume.forgets = key -> key[0] == Keys.QUOTA && key[1] == kind));
  }

  private static StoreParts countingTooMany() {
    return new StoreParts() {
      @Override
      EntryCodec entries(ObjectCache<Inode> inodes) {
        return new EntryCodec(inodes) {
          @Override
          public void departed(DirectoryEntry entry) {}
        };
      }
    };
  }

  private static StoreParts listingAsBefore() {
    return new StoreParts() {
      @Override
      DirectoryPages directoryPages(int maxHeapBytes) {
        return new DirectoryPages(maxHeapBytes) {
          @Override
          boolean isCurrent(DirectoryPage page, Inode directory) {
            return true;
          }
        };
      }
    };
  }

  private static Mutant forgetting(String broken, byte mark) {
    return store(broken, volume -> volume.forgets = isMark(mark));
  }

  private static Predicate<byte[]> isMark(byte mark) {
    return key -> key[0] == Keys.ORPHAN && key[1] == mark;
  }

  private static Mutant store(String broken, Consumer<MemoryVolume> breaking) {
    return new Mutant("store", broken, MAX_SEEDS, seed -> RandomHistoryTest.crash(seed, breaking));
  }

  private static Mutant unstable(String broken, Function<Store, UnstableWrites> mutant) {
    StoreParts parts =
        new StoreParts() {
          @Override
          UnstableWrites unstableWrites(Store store) {
            return mutant.apply(store);
          }
        };
    return new Mutant(
        "unstable writes", broken, MAX_SEEDS, seed -> UnstableSimulation.run(seed, parts));
  }
}
