package io.atoll.io.index;

import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** The index could not read or write its files. */
public final class IndexException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What RocksDB says of a file that is not there or is none, in the system's words. */
  private static final List<String> NO_FILE =
      List.of("No such file or directory", "Is a directory", "Not a directory");

  /** What it says of an index whose file CURRENT is not there. */
  private static final String NO_INDEX = "does not exist";

  private final boolean damage;

  public IndexException(String message, Throwable cause) {
    super(message, cause);
    damage = cause instanceof RocksDBException rocksDb && isDamage(rocksDb);
  }

  private IndexException(String message) {
    super(message);
    damage = true;
  }

  /** A value in the index can't be what was written there. */
  static IndexException malformed(String message) {
    return new IndexException(message);
  }

  /**
   * Whether what is stored is damaged or missing. If not, its files could not be used, which may be
   * otherwise another time.
   */
  public boolean isDamage() {
    return damage;
  }

  /** As {@link #isDamage()}, of what RocksDB says of any of its databases. */
  public static boolean isDamage(RocksDBException failure) {
    Status status = failure.getStatus();
    String text = String.valueOf(failure.getMessage());
    if (status == null) {
      return false;
    }
    return switch (status.getCode()) {
      case Corruption, NotFound -> true;
      case InvalidArgument -> text.contains(NO_INDEX);
      case IOError -> NO_FILE.stream().anyMatch(text::contains);
      default -> false;
    };
  }
}
