package io.atoll.perf.bench.figures;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** Finds the process behind a listening port of this machine, as far as {@code /proc} shows it. */
public final class LocalServer {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENING = "0A";
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private LocalServer() {}

  /** The process that listens at {@code address}, if that is of this machine and visible. */
  public static OptionalLong pidAt(InetSocketAddress address) {
    if (address.getAddress() == null || !address.getAddress().isLoopbackAddress()) {
      return OptionalLong.empty();
    }
    Set<String> sockets = new HashSet<>();
    collect(PROC.resolve("net/tcp"), address.getPort(), sockets);
    collect(PROC.resolve("net/tcp6"), address.getPort(), sockets);
    return sockets.isEmpty() ? OptionalLong.empty() : holderOf(sockets);
  }

  private static void collect(Path table, int port, Set<String> sockets) {
    String portSuffix = String.format(Locale.ROOT, ":%04X", port);
    try {
      for (String line : Files.readAllLines(table)) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length > INODE
            && fields[LOCAL_ADDRESS].endsWith(portSuffix)
            && fields[STATE].equals(LISTENING)) {
          sockets.add("socket:[" + fields[INODE] + "]");
        }
      }
    } catch (IOException notThere) {
      // no such protocol here
    }
  }

  private static OptionalLong holderOf(Set<String> sockets) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, sockets)) {
          return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
        }
      }
    } catch (IOException | RuntimeException hidden) {
      // not to be found then
    }
    return OptionalLong.empty();
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : open) {
        if (isOneOf(descriptor, sockets)) {
          return true;
        }
      }
    } catch (IOException | RuntimeException hidden) {
      // another user's, or gone
    }
    return false;
  }

  private static boolean isOneOf(Path descriptor, Set<String> sockets) {
    try {
      return sockets.contains(Files.readSymbolicLink(descriptor).toString());
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
