package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.OpenFile;
import io.atoll.perf.bench.client.Stability;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/** A tree of small files: nested directories, each with as many files as its shape says. */
final class SmallTree {
  private static final int WIDTH = 16;

  /** Of directories, so that making them does not take longer than the load. */
  private static final int DIRECTORIES_MAX = 4096;

  /** Directories below one. */
  private static final int BRANCHES = 8;

  private final Fleet fleet;
  private final LoadSettings settings;
  private final Handle[] directories;
  private final BlockStamp[] stamps;

  SmallTree(Fleet fleet) {
    this.fleet = fleet;
    settings = fleet.settings();
    int wanted =
        (settings.files() + settings.shape().filesPerDirectory() - 1)
            / settings.shape().filesPerDirectory();
    directories = new Handle[Math.clamp(wanted, 1, DIRECTORIES_MAX)];
    stamps = new BlockStamp[fleet.size()];
    for (int i = 0; i < stamps.length; i++) {
      stamps[i] = new BlockStamp();
    }
  }

  Handle directoryOf(long file) {
    return directories[(int) (file / settings.shape().filesPerDirectory() % directories.length)];
  }

  /** Which directory number {@code number} is in, from 1 on. */
  static int parentOf(int number) {
    return (number - 1) / BRANCHES;
  }

  static String name(long file) {
    return "file-" + file;
  }

  /** What its stamps carry. */
  static long id(long file) {
    return SeededRandom.mix(file + 1);
  }

  int sizeBytes(long file) {
    double share = (SeededRandom.mix(settings.seed() * 31 + file) >>> 11) * 0x1.0p-53;
    return settings.shape().sizeBytes(share, (int) settings.fileBytes());
  }

  /** Makes the directories, each after the one that it is in. */
  CompletableFuture<Void> makeDirectories() {
    NfsFiles calls = fleet.client(0).files();
    CompletableFuture<Void> made =
        calls.makeDirectory(fleet.directory(), "tree").thenAccept(root -> directories[0] = root);
    // A level is up to BRANCHES times as large as all before it.
    for (int first = 1; first < directories.length; first = first * BRANCHES + 1) {
      int from = first;
      int until = (int) Math.min(directories.length, (long) first * BRANCHES + 1);
      made =
          made.thenCompose(above ->
              NfsFiles.inParallel(until - from, WIDTH, i -> makeDirectory(calls, from + i)));
    }
    return made;
  }

  private CompletableFuture<Void> makeDirectory(NfsFiles calls, int number) {
    return calls
        .makeDirectory(directories[parentOf(number)], "dir-" + number)
        .thenAccept(made -> directories[number] = made);
  }

  /** Makes and writes all files, by all clients at once. */
  CompletableFuture<Void> makeFiles() {
    int clients = fleet.size();
    return NfsFiles.inParallel(
        clients,
        clients,
        client -> {
          int share = (settings.files() - client + clients - 1) / clients;
          return NfsFiles.inParallel(share, WIDTH, i -> makeFile(client, client + i * clients));
        });
  }

  private CompletableFuture<Void> makeFile(int client, int number) {
    NfsFiles calls = fleet.client(client).files();
    return calls
        .create(directoryOf(number), name(number))
        .thenCompose(
            file -> write(client, file, number, 0).thenCompose(written -> calls.close(file)));
  }

  private CompletableFuture<Void> write(int client, OpenFile file, int number, int offset) {
    int length = Math.min(sizeBytes(number) - offset, fleet.maxDataBytes());
    if (length <= 0) {
      return CompletableFuture.completedFuture(null);
    }
    ByteBuf data = content(client, number, offset, length);
    return fleet
        .client(client)
        .files()
        .write(file, offset, Stability.FILE_SYNC, data)
        .thenCompose(written -> write(client, file, number, offset + length));
  }

  /** What file number {@code file} has there, with a reference for the caller. */
  ByteBuf content(int client, long file, int offset, int lengthBytes) {
    PayloadSource payloads = fleet.payloadsOf(client);
    if (!settings.verify()) {
      return payloads.slice(lengthBytes);
    }
    ByteBuf data = payloads.copy(lengthBytes);
    stamps[client].stamp(data, 0, lengthBytes, id(file), offset, 1);
    return data;
  }

  /** Checks what was read of file number {@code file}. */
  void check(int client, long file, int offset, ByteBuf data, int at, int lengthBytes) {
    if (settings.verify()) {
      String wrong = stamps[client].check(data, at, lengthBytes, id(file), offset, 1, 1);
      fleet.verification().checked(name(file), lengthBytes, wrong);
    }
  }

  /** Reads a whole file and checks it. */
  CompletableFuture<Void> verify(int client, Handle directory, long file) {
    NfsFiles calls = fleet.client(client).files();
    return calls
        .open(directory, name(file))
        .thenCompose(
            open -> verifyFrom(client, open, file, 0).thenCompose(done -> calls.close(open)));
  }

  private CompletableFuture<Void> verifyFrom(int client, OpenFile open, long file, int offset) {
    int length = Math.min(sizeBytes(file) - offset, fleet.maxDataBytes());
    if (length <= 0) {
      return CompletableFuture.completedFuture(null);
    }
    return fleet
        .client(client)
        .files()
        .read(
            open,
            offset,
            length,
            (data, at, given) -> {
              if (given == length) {
                check(client, file, offset, data, at, length);
              } else {
                fleet
                    .verification()
                    .checked(
                        name(file), given, "at offset " + offset + " are only " + given + " bytes");
              }
            })
        .thenCompose(read -> verifyFrom(client, open, file, offset + length));
  }
}
