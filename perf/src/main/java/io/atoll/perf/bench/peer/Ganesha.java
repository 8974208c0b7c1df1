package io.atoll.perf.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How Debian's nfs-ganesha is run for NFSv4.1 alone, which needs neither rpcbind nor mountd. */
final class Ganesha {
  /** The export in the pseudo file system. */
  static final String EXPORT = "/export";

  private static final String PROGRAM = "ganesha.nfsd";
  private static final String VFS_LIBRARY = "libfsalvfs.so";
  private static final Path LIBRARIES = Path.of("/usr/lib");
  private static final int LIBRARY_DEPTH = 3;

  private Ganesha() {}

  /**
   * The program.
   *
   * @throws PeerUnavailableException if it can't be run here
   */
  static Path program(PeerKind kind) {
    Optional<Path> program = Commands.find(PROGRAM);
    if (program.isEmpty() || !hasVfs()) {
      throw new PeerUnavailableException(
          kind, "it is not installed: apt-get install nfs-ganesha nfs-ganesha-vfs");
    }
    if (!Commands.isRoot()) {
      throw new PeerUnavailableException(
          kind, "only root can: it opens files by handle (CAP_DAC_READ_SEARCH)");
    }
    return program.get();
  }

  private static boolean hasVfs() {
    try (var found =
        Files.find(
            LIBRARIES,
            LIBRARY_DEPTH,
            (path, attributes) -> path.getFileName().toString().equals(VFS_LIBRARY))) {
      return found.findAny().isPresent();
    } catch (IOException | UncheckedIOException hidden) {
      return false;
    }
  }

  /** What is to be run: in the foreground, with all that it writes in {@code folder}. */
  static List<String> command(Path program, Path folder, Path exported, int port) {
    Path configuration = folder.resolve("ganesha.conf");
    try {
      Files.writeString(configuration, configuration(folder, exported, port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(
        program.toString(),
        "-F",
        "-f",
        configuration.toString(),
        "-L",
        folder.resolve("ganesha.log").toString(),
        "-p",
        folder.resolve("ganesha.pid").toString());
  }

  static String configuration(Path folder, Path exported, int port) {
    return """
    NFS_CORE_PARAM {
      NFS_Port = %d;
      Bind_addr = 127.0.0.1;
      Protocols = 4;
      Enable_UDP = false;
      Enable_NLM = false;
      Enable_RQUOTA = false;
    }
    NFSv4 {
      Minor_Versions = 1;
      Graceless = true;
      Lease_Lifetime = 60;
      RecoveryRoot = %s;
    }
    EXPORT {
      Export_Id = 1;
      Path = %s;
      Pseudo = %s;
      Access_Type = RW;
      Squash = No_Root_Squash;
      SecType = sys;
      Protocols = 4;
      Transports = TCP;
      FSAL { Name = VFS; }
    }
    LOG { Default_Log_Level = WARN; }
    """
        .formatted(port, folder.resolve("recovery"), exported, EXPORT);
  }
}
