package io.atoll.cli;

import io.atoll.fs.FileLimits;
import io.atoll.nfs4.state.StateLimits;
import picocli.CommandLine.Option;

/** How large objects may get, and how much clients may have open and locked. */
final class LimitOptions {
  @Option(
      names = "--max-name-bytes",
      paramLabel = "N",
      defaultValue = "255",
      converter = NameBytes.class,
      description = "The longest name in a directory: 1 to 255. Default: ${DEFAULT-VALUE}.")
  private long nameBytes;

  @Option(
      names = "--max-symlink-bytes",
      paramLabel = "N",
      defaultValue = "4095",
      converter = SymlinkBytes.class,
      description = "The longest target of a symbolic link: 1 to 4095. Default: ${DEFAULT-VALUE}.")
  private long symlinkBytes;

  @Option(
      names = "--max-links",
      paramLabel = "N",
      defaultValue = "1048576",
      converter = Links.class,
      description =
          "Names of one file, or subdirectories of one directory and 2: 2 to 1048576. Default:"
              + " ${DEFAULT-VALUE}.")
  private long links;

  @Option(
      names = "--max-file-bytes",
      paramLabel = "N",
      defaultValue = "1152921504606846976",
      converter = FileBytes.class,
      description = "The longest file: 4096 to 1152921504606846976 (1 EiB), the default.")
  private long fileBytes;

  @Option(
      names = "--max-depth",
      paramLabel = "N",
      defaultValue = "0",
      converter = Depth.class,
      description =
          "Below how many others, the root included, a directory may be made or moved: 1 to 2048,"
              + " or 0 for any. Default: ${DEFAULT-VALUE}.")
  private long depth;

  @Option(
      names = "--max-opens-per-client",
      paramLabel = "N",
      defaultValue = "65536",
      converter = Opens.class,
      description = "Files that one client may have open: 1 to 262144. Default: ${DEFAULT-VALUE}.")
  private long opensPerClient;

  @Option(
      names = "--max-locks-per-client",
      paramLabel = "N",
      defaultValue = "65536",
      converter = Locks.class,
      description =
          "Byte ranges that one client may have locked, and processes and files that it may have"
              + " locks of: 1 to 262144. Default: ${DEFAULT-VALUE}.")
  private long locksPerClient;

  @Option(
      names = "--max-locks-per-file",
      paramLabel = "N",
      defaultValue = "4096",
      converter = Locks.class,
      description =
          "Byte ranges that all clients may have locked in one file: 1 to 262144. Default:"
              + " ${DEFAULT-VALUE}.")
  private long locksPerFile;

  FileLimits ofFiles() {
    return new FileLimits((int) nameBytes, (int) symlinkBytes, (int) links, fileBytes, (int) depth);
  }

  StateLimits ofState() {
    return StateLimits.DEFAULT.with((int) opensPerClient, (int) locksPerClient, (int) locksPerFile);
  }

  static final class NameBytes extends WholeNumber {
    NameBytes() {
      super(1, FileLimits.HIGHEST.maxNameBytes());
    }
  }

  static final class SymlinkBytes extends WholeNumber {
    SymlinkBytes() {
      super(1, FileLimits.HIGHEST.maxSymlinkBytes());
    }
  }

  static final class Links extends WholeNumber {
    Links() {
      super(2, FileLimits.HIGHEST.maxLinks());
    }
  }

  static final class FileBytes extends WholeNumber {
    FileBytes() {
      super(4096, FileLimits.HIGHEST.maxFileBytes());
    }
  }

  static final class Depth extends WholeNumber {
    /** As deep as a path of Linux's PATH_MAX can lead. */
    private static final int MAX = 2048;

    Depth() {
      super(0, MAX);
    }
  }

  static final class Opens extends WholeNumber {
    Opens() {
      super(1, StateLimits.MAX_OPENS);
    }
  }

  static final class Locks extends WholeNumber {
    Locks() {
      super(1, StateLimits.MAX_LOCKS);
    }
  }
}
