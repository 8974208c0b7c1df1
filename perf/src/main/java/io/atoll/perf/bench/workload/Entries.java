package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import java.util.concurrent.CompletableFuture;

/** Directories full of empty files, for metadata loads. */
final class Entries {
  private static final int WIDTH = 32;

  private final Fleet fleet;
  private final Handle parent;
  private final Handle[] directories;
  private final Handle[] files;
  private final int perDirectory;

  /**
   * @param parent what the directories are in
   */
  Entries(Fleet fleet, Handle parent) {
    this.fleet = fleet;
    this.parent = parent;
    directories = new Handle[fleet.settings().directories()];
    perDirectory = fleet.settings().directoryEntries();
    files = new Handle[directories.length * perDirectory];
  }

  /** How many files there were made. */
  int count() {
    return files.length;
  }

  int directories() {
    return directories.length;
  }

  Handle directory(int number) {
    return directories[number];
  }

  /** The directory of file number {@code file}. */
  Handle directoryOf(int file) {
    return directories[file / perDirectory];
  }

  Handle file(int number) {
    return files[number];
  }

  /** The name of file number {@code file} in its directory. */
  static String name(int file) {
    return "entry-" + file;
  }

  CompletableFuture<Void> makeDirectories() {
    return NfsFiles.inParallel(
        directories.length,
        WIDTH,
        i ->
            fleet
                .client(0)
                .files()
                .makeDirectory(parent, "dir-" + i)
                .thenAccept(made -> directories[i] = made));
  }

  /** Makes all files, by all clients at once. */
  CompletableFuture<Void> makeFiles() {
    int clients = fleet.size();
    return NfsFiles.inParallel(
        clients,
        clients,
        client -> {
          NfsFiles calls = fleet.client(client).files();
          int share = (count() - client + clients - 1) / clients;
          return NfsFiles.inParallel(share, WIDTH, i -> make(calls, client + i * clients));
        });
  }

  private CompletableFuture<Void> make(NfsFiles calls, int file) {
    return calls
        .create(directoryOf(file), name(file))
        .thenCompose(open -> {
          files[file] = open.handle();
          return calls.close(open);
        });
  }
}
