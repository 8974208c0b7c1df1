package io.atoll.fs.check;

import io.atoll.fs.FileType;
import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.PathText;
import io.atoll.fs.format.StoredEntry;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;

/**
 * Checks what a directory says of itself against its entries, and the entries by name against those
 * by cookie. Both are walked once and their fingerprints added up, in whichever order they come;
 * only if the sums differ are they looked up one by one.
 */
final class DirectoryCheck implements AutoCloseable {
  private final VolumeImage volume;
  private final NameTable names;
  private final Findings findings;
  private final Follower byName;
  private final Follower byCookie;

  DirectoryCheck(VolumeImage volume, NameTable names, Findings findings) {
    this.volume = volume;
    this.names = names;
    this.findings = findings;
    byName = follow(StoredKeys.ENTRY, "names");
    byCookie = follow(StoredKeys.COOKIE, "entries by cookie");
  }

  private Follower follow(byte kind, String what) {
    return new Follower(
        volume.cursor(new byte[] {kind}, StoredKeys.endOf(kind)),
        StoredKeys.INODE_AT,
        number ->
            findings.add(
                Kind.STRUCTURE, "inode " + number, "it has " + what + ", but is no directory"));
  }

  /** Checks the entries of {@code directory}; directories come in the order of their numbers. */
  void check(StoredInode directory) {
    long number = directory.number();
    Sum named = new Sum();
    while (byName.isAt(number)) {
      try {
        named.add(StoredEntry.byName(byName.key(), byName.value()));
      } catch (MalformedValueException e) {
        fault(number, "one of its names: " + e.getMessage());
      }
      byName.take();
    }
    Sum counted = new Sum();
    while (byCookie.isAt(number)) {
      try {
        StoredEntry entry = StoredEntry.byCookie(byCookie.key(), byCookie.value());
        counted.add(entry);
        if (entry.cookie() < StoredEntry.FIRST_COOKIE || entry.cookie() >= directory.nextCookie()) {
          fault(
              number,
              "its entry '"
                  + PathText.of(entry.name())
                  + "' has the cookie "
                  + entry.cookie()
                  + ", and the next one is to get "
                  + directory.nextCookie());
        }
      } catch (MalformedValueException e) {
        fault(number, "one of its entries by cookie: " + e.getMessage());
      }
      byCookie.take();
    }
    if (named.entries != counted.entries || named.fingerprints != counted.fingerprints) {
      tellDifferences(number);
    }
    if (directory.entries() != named.entries) {
      fault(number, "it counts " + directory.entries() + " entries and has " + named.entries);
    }
    if (directory.links() != 2 + named.directories) {
      fault(
          number,
          "it has " + directory.links() + " links and " + named.directories + " directories in it");
    }
  }

  /** All directories have been checked. */
  void end() {
    byName.end();
    byCookie.end();
  }

  private void tellDifferences(long directory) {
    try (IndexCursor entries = cursor(StoredKeys.ENTRY, directory)) {
      while (entries.next()) {
        compare(entries, true);
      }
    }
    try (IndexCursor entries = cursor(StoredKeys.COOKIE, directory)) {
      while (entries.next()) {
        compare(entries, false);
      }
    }
  }

  private IndexCursor cursor(byte kind, long directory) {
    return volume.cursor(
        StoredKeys.ofDirectory(kind, directory), StoredKeys.ofDirectory(kind, directory + 1));
  }

  /** Looks for the other half of an entry. */
  private void compare(IndexCursor entries, boolean isByName) {
    try {
      byte[] key = entries.key();
      StoredEntry entry =
          isByName
              ? StoredEntry.byName(key, entries.value())
              : StoredEntry.byCookie(key, entries.value());
      byte[] otherKey =
          isByName
              ? StoredKeys.cookie(entry.directory(), entry.cookie())
              : StoredKeys.entry(entry.directory(), entry.name());
      byte[] otherValue = volume.get(otherKey);
      String name = "its entry '" + PathText.of(entry.name()) + "'";
      if (otherValue == null) {
        fault(entry.directory(), name + " is missing by " + (isByName ? "cookie" : "name"));
        return;
      }
      StoredEntry other =
          isByName
              ? StoredEntry.byCookie(otherKey, otherValue)
              : StoredEntry.byName(otherKey, otherValue);
      if (!entry.same(other)) {
        fault(
            entry.directory(),
            name
                + " names inode "
                + (isByName ? entry : other).inode()
                + " by name and inode "
                + (isByName ? other : entry).inode()
                + " by cookie");
      }
    } catch (MalformedValueException alreadyTold) {
      // by the walk that found the sums to differ
    }
  }

  private void fault(long directory, String what) {
    findings.add(Kind.STRUCTURE, () -> names.placeOf(directory), what);
  }

  @Override
  public void close() {
    byName.close();
    byCookie.close();
  }

  /** What entries add up to. */
  private static final class Sum {
    private long entries;
    private long directories;
    private long fingerprints;

    void add(StoredEntry entry) {
      entries++;
      directories += entry.type() == FileType.DIRECTORY ? 1 : 0;
      fingerprints += entry.fingerprint();
    }
  }
}
