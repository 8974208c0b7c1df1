package io.atoll.fs.store;

/** What a name in a directory stands for now: an inode, or nothing. */
final class DirectoryEntry extends Cached {
  /** 0 if the directory has no such name. */
  long inode;

  /** Where the entry stands in the order of reading; means nothing without an inode. */
  long cookie;

  DirectoryEntry(long directory, byte[] name) {
    super(directory, 0, name);
  }

  long directory() {
    return keyHigh;
  }

  byte[] name() {
    return keyName;
  }

  boolean isPresent() {
    return inode != 0;
  }
}
