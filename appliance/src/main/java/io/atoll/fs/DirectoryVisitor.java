package io.atoll.fs;

/** Sees a directory's entries in order, on the home loop. */
public interface DirectoryVisitor {
  /** 0, 1 and 2 are NFS's own. */
  long FIRST_COOKIE = 3;

  /** Whether entries come with attributes, which costs a look at each object. */
  boolean wantsAttributes();

  /**
   * Offers an entry.
   *
   * @param name not to be changed
   * @param attributes null unless wanted, or if the object can't be read
   * @return whether it was taken; false ends the reading before it
   */
  boolean entry(long cookie, byte[] name, long inode, Attributes attributes);
}
