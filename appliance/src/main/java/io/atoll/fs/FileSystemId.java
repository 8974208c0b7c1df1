package io.atoll.fs;

/** 128 bits that tell a file system from all others. */
public record FileSystemId(long high, long low) {

  /** As EFS writes its names: {@code fs-} and 17 hexadecimal digits, the first of the 32. */
  @Override
  public String toString() {
    String hex = String.format("%016x%016x", high, low);
    return "fs-" + hex.substring(0, 17);
  }
}
