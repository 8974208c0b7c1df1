package io.atoll.perf.bench.peer;

import io.atoll.perf.bench.client.NfsUrl;
import io.atoll.perf.bench.run.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The servers of one run, all with their data below one new folder, which goes with them. For one
 * thread, but for {@link #killAtOnce}.
 */
public final class Peers implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final List<String> DISCARD_OPTIONS =
      List.of(
          "-Xms64m", "-Xmx256m", "-XX:MaxDirectMemorySize=512m", "-XX:+UseCompactObjectHeaders");

  private final Path disk;
  private final Consumer<String> note;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final List<ServerProcess> processes = new CopyOnWriteArrayList<>();
  private Path folder;

  /**
   * @param disk a directory on the disk that servers shall keep their data on
   * @param note is told, for people, what could not be undone at the end
   */
  public Peers(Path disk, Consumer<String> note) {
    this.disk = disk;
    this.note = note;
  }

  /**
   * Starts a server and waits until it can be connected to.
   *
   * @throws PeerUnavailableException if that can't be done here
   */
  public Server start(ServerChoice choice) {
    int port = ServerProcess.freePort();
    return switch (choice.kind()) {
      case ATOLL -> atoll(choice, port);
      case GANESHA -> ganesha(port);
      case GANESHA_SYNC -> ganeshaSync(port);
      case DISCARD -> discard(port);
    };
  }

  private Server atoll(ServerChoice choice, int port) {
    Path own = folderOf(PeerKind.ATOLL);
    String api = LOOPBACK + ":" + ServerProcess.freePort();
    List<String> arguments = new ArrayList<>(List.of("serve", "--data"));
    arguments.add(own.resolve("data").toString());
    arguments.addAll(List.of("--nfs", LOOPBACK + ":" + port, "--api", api));
    arguments.addAll(choice.options());
    List<String> command = JavaProgram.node(arguments.toArray(String[]::new));
    return server(
            PeerKind.ATOLL,
            start(PeerKind.ATOLL, command, own, port),
            port,
            "",
            "names and data when they are on disk")
        .named(choice.text(), URI.create("http://" + api + "/metrics"));
  }

  private Server ganesha(int port) {
    Path program = Ganesha.program(PeerKind.GANESHA);
    Path own = folderOf(PeerKind.GANESHA);
    Path exported = directory(own.resolve("export"));
    List<String> command = Ganesha.command(program, own, exported, port);
    return server(
        PeerKind.GANESHA,
        start(PeerKind.GANESHA, command, own, port),
        port,
        Ganesha.EXPORT,
        "data when it is on disk (FILE_SYNC, COMMIT), but changes of names BEFORE they are");
  }

  private Server ganeshaSync(int port) {
    Path program = Ganesha.program(PeerKind.GANESHA_SYNC);
    Path own = folderOf(PeerKind.GANESHA_SYNC);
    SyncVolume volume = SyncVolume.in(own, PeerKind.GANESHA_SYNC, note);
    started.push(volume);
    Path exported = directory(volume.directory().resolve("export"));
    List<String> command = Ganesha.command(program, own, exported, port);
    return server(
        PeerKind.GANESHA_SYNC,
        start(PeerKind.GANESHA_SYNC, command, own, port),
        port,
        Ganesha.EXPORT,
        "names and data when they are on disk: its file system is " + volume.means());
  }

  private Server discard(int port) {
    Path own = folderOf(PeerKind.DISCARD);
    List<String> command =
        JavaProgram.command(DISCARD_OPTIONS, DiscardServer.class.getName(), Integer.toString(port));
    return server(
        PeerKind.DISCARD,
        start(PeerKind.DISCARD, command, own, port),
        port,
        "",
        "everything, and keeps nothing");
  }

  private ServerProcess start(PeerKind kind, List<String> command, Path own, int port) {
    ServerProcess process = ServerProcess.start(kind, command, own.resolve("output.log"), port);
    started.push(process);
    processes.add(process);
    return process;
  }

  private Server server(
      PeerKind kind, ServerProcess process, int port, String path, String acknowledges) {
    return new Server(
        kind.text(),
        NfsUrl.parse(String.format(Locale.ROOT, "nfs://%s:%d%s/", LOOPBACK, port, path)),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        OptionalLong.of(process.pid()),
        acknowledges,
        kind != PeerKind.DISCARD,
        kind == PeerKind.DISCARD ? null : folder,
        null);
  }

  /** A new folder for one server. */
  private Path folderOf(PeerKind kind) {
    try {
      if (folder == null) {
        folder = Files.createTempDirectory(disk.toAbsolutePath(), "atoll-bench-");
      }
    } catch (IOException e) {
      throw new PeerUnavailableException(
          kind, "no folder can be made in " + disk + " (" + e + "): name another with --on");
    }
    String name = kind.text();
    for (int i = 2; Files.exists(folder.resolve(name)); i++) {
      name = kind.text() + "-" + i;
    }
    return directory(folder.resolve(name));
  }

  private static Path directory(Path path) {
    try {
      return Files.createDirectory(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends all processes without waiting, from any thread. */
  public void killAtOnce() {
    processes.forEach(ServerProcess::killAtOnce);
  }

  /** Ends all servers, the last one first, and removes what they kept. */
  @Override
  public void close() {
    processes.forEach(this::tellUnexpectedEnd);
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        note.accept("a server did not end in order: " + e);
      }
    }
    processes.clear();
    if (folder != null) {
      removeFolder();
      folder = null;
    }
  }

  /** What it said is kept: nothing else tells why. */
  private void tellUnexpectedEnd(ServerProcess process) {
    String end = process.unexpectedEnd();
    if (end == null) {
      return;
    }
    Path kept = disk.toAbsolutePath().resolve(folder.getFileName() + "-" + process.pid() + ".log");
    try {
      Files.copy(process.log(), kept);
      note.accept(end + "; all that it said is in " + kept);
    } catch (IOException e) {
      note.accept(end + "; what it said can't be kept (" + e + ")");
    }
  }

  private void removeFolder() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      note.accept(folder + " could not be removed (" + e.getMessage() + ")");
    }
  }
}
