package io.atoll.nfs4.state;

/**
 * How many opens of one file have each share access and deny bit. An OPEN conflicts if it wants
 * what any open denies, or denies what any open has (RFC 8881 §9.7); a file's own opener is no
 * exception. Loop-confined.
 */
public final class ShareReservations {
  /** OPEN4_SHARE_ACCESS_READ and OPEN4_SHARE_DENY_READ. */
  public static final int READ = 1;

  /** OPEN4_SHARE_ACCESS_WRITE and OPEN4_SHARE_DENY_WRITE. */
  public static final int WRITE = 2;

  static final int BOTH = READ | WRITE;

  private int readers;
  private int writers;
  private int readDeniers;
  private int writeDeniers;

  void add(int access, int deny) {
    count(access, deny, 1);
  }

  void remove(int access, int deny) {
    count(access, deny, -1);
  }

  private void count(int access, int deny, int step) {
    readers += (access & READ) != 0 ? step : 0;
    writers += (access & WRITE) != 0 ? step : 0;
    readDeniers += (deny & READ) != 0 ? step : 0;
    writeDeniers += (deny & WRITE) != 0 ? step : 0;
  }

  boolean conflicts(int access, int deny) {
    return (access & denied()) != 0 || (deny & accessed()) != 0;
  }

  /** The share access bits that some open has. */
  int accessed() {
    return (readers > 0 ? READ : 0) | (writers > 0 ? WRITE : 0);
  }

  /** The share deny bits that some open has. */
  int denied() {
    return (readDeniers > 0 ? READ : 0) | (writeDeniers > 0 ? WRITE : 0);
  }
}
