package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.NfsClient;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.OpenFile;
import io.atoll.perf.bench.client.Stability;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The large files of block loads. Each file belongs to one client; if there are fewer files than
 * clients, several share one.
 */
final class BlockFiles {
  /** Of what is written or read at once in preparations. */
  private static final int CHUNK_BYTES = 1 << 20;

  private static final int WIDTH = 8;

  /** A file and what each of its blocks holds. */
  record DataFile(int number, long id, String name, BlockLedger ledger) {}

  private final Fleet fleet;
  private final LoadSettings settings;
  private final List<DataFile> files;

  /** For each client, each of its files in order. */
  private final List<List<OpenFile>> opened = new ArrayList<>();

  /** For each client, the same. */
  private final List<List<UncommittedBlocks>> uncommitted = new ArrayList<>();

  private final BlockStamp[] stamps;

  BlockFiles(Fleet fleet) {
    this.fleet = fleet;
    settings = fleet.settings();
    files =
        IntStream.range(0, settings.files())
            .mapToObj(i ->
                new DataFile(
                    i,
                    SeededRandom.mix(settings.seed() + i),
                    "data-" + i,
                    new BlockLedger(settings.blocksPerFile())))
            .toList();
    stamps = new BlockStamp[fleet.size()];
    for (int i = 0; i < fleet.size(); i++) {
      opened.add(new ArrayList<>());
      stamps[i] = new BlockStamp();
      int client = i;
      uncommitted.add(
          IntStream.range(0, count(i))
              .mapToObj(k -> new UncommittedBlocks(file(client, k).ledger(), fleet.losses()))
              .toList());
    }
  }

  /** How many files {@code client} has. */
  int count(int client) {
    return settings.files() >= fleet.size()
        ? (settings.files() - client + fleet.size() - 1) / fleet.size()
        : 1;
  }

  /** File number {@code index} of those that {@code client} has. */
  DataFile file(int client, int index) {
    return files.get(
        settings.files() >= fleet.size()
            ? client + index * fleet.size()
            : client % settings.files());
  }

  /** The same, as the client has it open. */
  OpenFile open(int client, int index) {
    return opened.get(client).get(index);
  }

  /** What of it the client has written and the server not made durable. */
  UncommittedBlocks uncommitted(int client, int index) {
    return uncommitted.get(client).get(index);
  }

  private int owners() {
    return Math.min(fleet.size(), settings.files());
  }

  /**
   * Makes and opens the files.
   *
   * @param filled whether with content
   */
  CompletableFuture<Void> prepare(boolean filled) {
    return NfsFiles.inParallel(owners(), owners(), client -> makeFiles(client, filled))
        .thenCompose(made ->
            NfsFiles.inParallel(fleet.size() - owners(), WIDTH, i -> openShared(owners() + i)));
  }

  private CompletableFuture<Void> makeFiles(int client, boolean filled) {
    NfsFiles calls = fleet.client(client).files();
    return NfsFiles.inParallel(
        count(client),
        1,
        i ->
            calls
                .create(fleet.directory(), file(client, i).name())
                .thenCompose(file -> {
                  opened.get(client).add(file);
                  return filled
                      ? fill(client, i).thenCompose(done -> settle(client, i))
                      : CompletableFuture.completedFuture(null);
                }));
  }

  private CompletableFuture<Void> openShared(int client) {
    return fleet
        .client(client)
        .files()
        .open(fleet.directory(), file(client, 0).name())
        .thenAccept(opened.get(client)::add);
  }

  private int blocksPerChunk() {
    return Math.max(1, Math.min(CHUNK_BYTES, fleet.maxDataBytes()) / settings.blockBytes());
  }

  private int chunks() {
    return (settings.blocksPerFile() + blocksPerChunk() - 1) / blocksPerChunk();
  }

  private CompletableFuture<Void> fill(int client, int index) {
    return NfsFiles.inParallel(chunks(), WIDTH, chunk -> fillChunk(client, index, chunk));
  }

  private CompletableFuture<Void> fillChunk(int client, int index, int chunk) {
    int first = chunk * blocksPerChunk();
    int blocks = Math.min(blocksPerChunk(), settings.blocksPerFile() - first);
    return onLoop(
        fleet.client(client), () -> write(client, index, first, blocks, Stability.UNSTABLE));
  }

  /** Writes blocks, none of which is being written. */
  private CompletableFuture<Void> write(
      int client, int index, int first, int blocks, Stability stability) {
    DataFile file = file(client, index);
    int length = blocks * settings.blockBytes();
    long offset = (long) first * settings.blockBytes();
    PayloadSource payloads = fleet.payloadsOf(client);
    ByteBuf data = settings.verify() ? payloads.copy(length) : payloads.slice(length);
    for (int i = 0; i < blocks; i++) {
      file.ledger().tryClaim(first + i);
      if (settings.verify()) {
        int at = i * settings.blockBytes();
        int generation = file.ledger().claimedGeneration(first + i);
        stamps[client].stamp(data, at, settings.blockBytes(), file.id(), offset + at, generation);
      }
    }
    return fleet
        .client(client)
        .files()
        .write(open(client, index), offset, stability, data)
        .thenAccept(taken -> {
          for (int block = first; block < first + blocks; block++) {
            file.ledger().written(block);
            uncommitted(client, index).written(block, taken.committed(), taken.verifier());
          }
        });
  }

  /** Runs {@code step} where buffers and stamps of {@code client} belong. */
  private static CompletableFuture<Void> onLoop(
      NfsClient client, Supplier<CompletableFuture<Void>> step) {
    return CompletableFuture.<Void>completedFuture(null)
        .thenComposeAsync(there -> step.get(), client.loop());
  }

  /** Reads all that was ever written and checks it. */
  CompletableFuture<Void> verify() {
    return NfsFiles.inParallel(
        owners(),
        owners(),
        client ->
            NfsFiles.inParallel(
                count(client),
                1,
                i -> NfsFiles.inParallel(chunks(), WIDTH, chunk -> verifyChunk(client, i, chunk))));
  }

  private CompletableFuture<Void> verifyChunk(int client, int index, int chunk) {
    DataFile file = file(client, index);
    int first = chunk * blocksPerChunk();
    int blocks = Math.min(blocksPerChunk(), settings.blocksPerFile() - first);
    if (IntStream.range(first, first + blocks).allMatch(b -> file.ledger().newest(b) == 0)) {
      return CompletableFuture.completedFuture(null);
    }
    long offset = (long) first * settings.blockBytes();
    return fleet
        .client(client)
        .files()
        .read(
            open(client, index),
            offset,
            blocks * settings.blockBytes(),
            (data, at, length) -> {
              for (int i = 0; i < blocks; i++) {
                int from = i * settings.blockBytes();
                checkBlock(client, file, first + i, data, at + from, length - from);
              }
            });
  }

  private void checkBlock(
      int client, DataFile file, int block, ByteBuf data, int at, int availableBytes) {
    if (file.ledger().newest(block) > 0) {
      check(
          stamps[client],
          file,
          block,
          data,
          at,
          availableBytes,
          file.ledger().oldest(block),
          file.ledger().newest(block));
    }
  }

  /**
   * Checks a block that was read, with one of the given generations. Where a write of it was under
   * way meanwhile, a READ may have a part of the old and a part of the new, as NFS does not say
   * that either is atomic: so nothing can be said of what is not whole.
   */
  void check(
      BlockStamp stamp,
      DataFile file,
      int block,
      ByteBuf data,
      int at,
      int availableBytes,
      int oldest,
      int newest) {
    long offset = (long) block * settings.blockBytes();
    if (oldest == 0) {
      return; // may not have been written when it was read
    }
    String wrong;
    if (availableBytes < settings.blockBytes()) {
      wrong = "at offset " + offset + " are only " + Math.max(0, availableBytes) + " bytes";
    } else {
      wrong = stamp.check(data, at, settings.blockBytes(), file.id(), offset, oldest, newest);
    }
    if (wrong == null || oldest == newest) {
      fleet.verification().checked(file.name(), settings.blockBytes(), wrong);
    }
  }

  /** Has the server make durable what all clients wrote; what it has lost is written again. */
  CompletableFuture<Void> settle() {
    return NfsFiles.inParallel(
        fleet.size(),
        WIDTH,
        client ->
            NfsFiles.inParallel(opened.get(client).size(), 1, index -> settle(client, index)));
  }

  private CompletableFuture<Void> settle(int client, int index) {
    UncommittedBlocks blocks = uncommitted(client, index);
    return onLoop(
        fleet.client(client),
        () ->
            blocks.beginCommit()
                ? fleet
                    .client(client)
                    .files()
                    .commit(open(client, index))
                    .thenCompose(verifier -> {
                      blocks.committed(verifier);
                      return writeLost(client, index);
                    })
                : writeLost(client, index));
  }

  /** Writes what the server has lost, durably at once. */
  private CompletableFuture<Void> writeLost(int client, int index) {
    int block = uncommitted(client, index).takeLost();
    return block < 0
        ? CompletableFuture.completedFuture(null)
        : write(client, index, block, 1, Stability.FILE_SYNC)
            .thenCompose(done -> writeLost(client, index));
  }

  CompletableFuture<Void> close() {
    return NfsFiles.inParallel(
        fleet.size(),
        WIDTH,
        client ->
            NfsFiles.inParallel(
                opened.get(client).size(),
                1,
                i -> fleet.client(client).files().close(opened.get(client).get(i))));
  }
}
