package io.atoll.fs.store;

import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.io.sim.Mutant;
import io.atoll.io.volume.MutantVolumes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** The mutants of the store. */
public final class StoreMutants {
  private static final int MAX_SEEDS = 100;

  /** Quotas are one rule of many in a history. */
  private static final int MAX_QUOTA_SEEDS = 1000;

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
        store("lists a directory as it was before", listingAsBefore()),
        store("takes names for cached that are not any more", countingTooMany()),
        store(
            "answers before its record is durable",
            changing(store ->
                new Change(store) {
                  @Override
                  void awaited(long sequence, List<Cached> objects, FsCall call) {}
                })),
        store("forgets which removed files are held", forgetting(Keys.ORPHAN_HELD)),
        store("forgets which removed files are being freed", forgetting(Keys.ORPHAN_REAPED)),
        new Mutant(
            "store",
            "forgets which files are being cut",
            MAX_SEEDS,
            seed -> TruncationHistory.run(seed, forgetting(Keys.ORPHAN_TRIMMED))),
        new Mutant(
            "store",
            "reads without a pin",
            MAX_SEEDS,
            seed -> ReadingHistory.run(seed, MutantVolumes.droppingPins())),
        store("removes what is held", removingWhatIsHeld()),
        store(
            "keeps the blocks that it says are free",
            changing(store ->
                new Change(store) {
                  private final FreedRuns lost = new FreedRuns();

                  @Override
                  FreedRuns freed() {
                    lost.begin(store.volume.newMutation());
                    return lost;
                  }
                })),
        store("forgets a mode change", changing(RememberingModes::new)),
        store("forgets set times", changing(RememberingTimes::new)));
  }

  /** Records each inode with the mode that it had at first. */
  private static final class RememberingModes extends Change {
    private final Map<Long, Integer> modes = new HashMap<>();

    RememberingModes(Store store) {
      super(store);
    }

    @Override
    Change inode(Inode inode) {
      int mode = inode.mode;
      inode.mode = modes.computeIfAbsent(inode.number, number -> mode);
      super.inode(inode);
      inode.mode = mode;
      return this;
    }
  }

  /** Records each inode with the access time that it had at first. */
  private static final class RememberingTimes extends Change {
    private final Map<Long, Long> times = new HashMap<>();

    RememberingTimes(Store store) {
      super(store);
    }

    @Override
    Change inode(Inode inode) {
      long time = inode.atimeNanos;
      inode.atimeNanos = times.computeIfAbsent(inode.number, number -> time);
      super.inode(inode);
      inode.atimeNanos = time;
      return this;
    }
  }

  private static StoreParts changing(Function<Store, Change> mutant) {
    return new StoreParts() {
      @Override
      Change change(Store store) {
        return mutant.apply(store);
      }
    };
  }

  /** Leaves out of each record that a file is an orphan of this kind. */
  private static StoreParts forgetting(byte mark) {
    return changing(store ->
        new Change(store) {
          @Override
          Change put(byte[] key, byte[] value) {
            boolean forgotten = key[0] == Keys.ORPHAN && key[1] == mark;
            return forgotten ? this : super.put(key, value);
          }
        });
  }

  private static StoreParts removingWhatIsHeld() {
    return new StoreParts() {
      @Override
      Orphans orphans(Store store) {
        return new Orphans(store) {
          @Override
          boolean mayBeHeld(Inode inode) {
            return false;
          }
        };
      }
    };
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
        "quotas", broken, MAX_QUOTA_SEEDS, seed -> RandomHistoryTest.underQuotas(seed, parts));
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

  private static Mutant store(String broken, StoreParts parts) {
    return new Mutant("store", broken, MAX_SEEDS, seed -> StoreSimulation.run(seed, parts));
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
