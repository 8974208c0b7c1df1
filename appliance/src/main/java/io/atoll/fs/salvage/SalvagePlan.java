package io.atoll.fs.salvage;

import io.atoll.fs.FileType;
import io.atoll.fs.format.DirectoryTree;
import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.PathText;
import io.atoll.fs.format.StoredEntry;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.fs.salvage.Table.Name;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.Scratch;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides which objects and names of a damaged file system are kept, so that the rules hold for
 * what is. Says by path what is not. One use, by one thread that may block.
 */
final class SalvagePlan {
  static final String LOST_AND_FOUND = "lost+found";

  /** Where a path is cut off: the directories may form a circle. */
  private static final int MAX_DEPTH = 4096;

  private final VolumeImage image;
  private final Table table;
  private final Scratch scratch;
  private final Findings findings;
  private long lostAndFound;
  private boolean anythingFound;

  SalvagePlan(VolumeImage image, Table table, Scratch scratch, Findings findings) {
    this.image = image;
    this.table = table;
    this.scratch = scratch;
    this.findings = findings;
  }

  /** Plans; then the table says what is kept. */
  void make() {
    lostAndFound = highestNumber() + 1;
    collectNames();
    weighInodes();
    weighLostObjects();
    if (table.parentOf(StoredKeys.ROOT_INODE) == null) {
      findings.add(Kind.STRUCTURE, "/", "the root directory is lost; a new one is made");
      table.keep(StoredKeys.ROOT_INODE, StoredKeys.ROOT_INODE);
    }
    weighDirectoriesOfNames();
    hangUpWhatIsLoose();
    if (anythingFound) {
      nameLostAndFound();
    }
  }

  /** The number of the directory for what has lost its name; the highest of all. */
  long lostAndFound() {
    return lostAndFound;
  }

  /** A path that leads to an object as it is kept, or "inode 7". */
  String placeOf(long inode) {
    StringBuilder path = new StringBuilder();
    long at = inode;
    for (int depth = 0; depth < MAX_DEPTH && at != StoredKeys.ROOT_INODE; depth++) {
      try (IndexCursor names = table.namesOf(at)) {
        if (!names.next()) {
          return "inode " + inode + " (" + path + ")";
        }
        Name name = Table.nameByObject(names);
        path.insert(0, "/" + PathText.of(name.name()));
        at = name.directory();
      }
    }
    return path.isEmpty() ? "/" : path.toString();
  }

  private IndexCursor all(byte kind) {
    return image.cursor(StoredKeys.of(kind), StoredKeys.endOf(kind));
  }

  private long highestNumber() {
    long highest = StoredKeys.ROOT_INODE;
    for (byte kind : new byte[] {StoredKeys.INODE, StoredKeys.COOKIE, StoredKeys.ENTRY}) {
      try (IndexCursor entries = all(kind)) {
        while (entries.next()) {
          highest = Math.max(highest, StoredKeys.number(entries.key(), StoredKeys.INODE_AT));
        }
      }
    }
    return highest;
  }

  /** Names are kept twice: what one place has lost, the other may have. */
  private void collectNames() {
    try (IndexCursor entries = all(StoredKeys.ENTRY)) {
      while (entries.next()) {
        collect(entries, true);
      }
    }
    try (IndexCursor entries = all(StoredKeys.COOKIE)) {
      while (entries.next()) {
        collect(entries, false);
      }
    }
  }

  private void collect(IndexCursor entries, boolean byName) {
    try {
      StoredEntry entry =
          byName
              ? StoredEntry.byName(entries.key(), entries.value())
              : StoredEntry.byCookie(entries.key(), entries.value());
      if (byName || !table.hasName(entry.directory(), entry.name())) {
        byte type = (byte) entry.type().code();
        table.addName(new Name(entry.directory(), entry.name(), entry.inode(), type));
        lostAndFound = Math.max(lostAndFound, entry.inode() + 1);
      }
    } catch (MalformedValueException e) {
      long directory = StoredKeys.number(entries.key(), StoredKeys.INODE_AT);
      findings.add(Kind.STRUCTURE, "inode " + directory, "a name in it is lost: " + e.getMessage());
    }
  }

  private void weighInodes() {
    try (IndexCursor inodes = all(StoredKeys.INODE)) {
      while (inodes.next()) {
        long number = StoredKeys.number(inodes.key(), StoredKeys.INODE_AT);
        try {
          weigh(StoredInode.decode(number, inodes.value()));
        } catch (MalformedValueException e) {
          findings.add(Kind.STRUCTURE, () -> placeOf(number), "it is lost: " + e.getMessage());
        }
      }
    }
  }

  private void weigh(StoredInode inode) {
    List<Name> names = namesOf(inode.number(), inode.isDirectory());
    long number = inode.number();
    if (number == StoredKeys.ROOT_INODE) {
      names.forEach(table::dropName);
      table.keep(number, number);
    } else if (inode.isDirectory()) {
      keepDirectory(number, inode.parent(), names);
    } else if (inode.gone() || (names.isEmpty() && isMarked(number))) {
      names.forEach(table::dropName); // it was being removed
    } else {
      table.keep(number, Table.NO_DIRECTORY);
      if (names.isEmpty()) {
        putIntoLostAndFound(number, inode.type());
      }
    }
  }

  /** All names of a directory; of another object, which may have very many, the first. */
  private List<Name> namesOf(long inode, boolean all) {
    List<Name> names = new ArrayList<>();
    try (IndexCursor found = table.namesOf(inode)) {
      while ((all || names.isEmpty()) && found.next()) {
        names.add(Table.nameByObject(found));
      }
    }
    return names;
  }

  private boolean isMarked(long inode) {
    return image.get(StoredKeys.marker(StoredKeys.HELD, inode)) != null
        || image.get(StoredKeys.marker(StoredKeys.REAPED, inode)) != null;
  }

  /** Under one name: that in the directory which it says it is in, if there is one. */
  private void keepDirectory(long number, long parent, List<Name> names) {
    if (names.isEmpty()) {
      putIntoLostAndFound(number, FileType.DIRECTORY);
      return;
    }
    int kept = 0;
    for (int i = 0; i < names.size(); i++) {
      kept = names.get(i).directory() == parent ? i : kept;
    }
    for (int i = 0; i < names.size(); i++) {
      if (i != kept) {
        table.dropName(names.get(i));
      }
    }
    table.keep(number, names.get(kept).directory());
  }

  /** Names that lead to what is not kept: of directories, new ones are made. */
  private void weighLostObjects() {
    try (IndexCursor names = table.namesByObject()) {
      while (names.next()) {
        Name name = Table.nameByObject(names);
        Long known = table.parentOf(name.inode());
        if (known == null && name.type() == FileType.DIRECTORY.code()) {
          findings.add(
              Kind.STRUCTURE,
              () -> placeOf(name.inode()),
              "the directory's owner, mode and times are lost; what is in it is kept");
          table.keep(name.inode(), name.directory());
        } else if (known == null) {
          findings.add(Kind.STRUCTURE, () -> placeOf(name.inode()), "it is lost");
          table.dropName(name);
        }
      }
    }
  }

  /** Names in what is not kept, or no directory. */
  private void weighDirectoriesOfNames() {
    try (IndexCursor names = table.names()) {
      while (names.next()) {
        Name name = Table.nameByDirectory(names);
        Long parent = table.parentOf(name.directory());
        if (name.directory() == lostAndFound || (parent != null && parent > 0)) {
          continue;
        }
        if (parent == null) {
          findings.add(
              Kind.STRUCTURE,
              "inode " + name.directory(),
              "a directory has lost its name, owner, mode and times; what is in it is kept");
          putIntoLostAndFound(name.directory(), FileType.DIRECTORY);
        } else {
          table.dropName(name);
          putIntoLostAndFound(name.inode(), FileType.ofCode(name.type()));
        }
      }
    }
  }

  private void hangUpWhatIsLoose() {
    DirectoryTree tree = new DirectoryTree(scratch);
    boolean withLostAndFound = anythingFound;
    try (IndexCursor kept = table.kept()) {
      while (kept.next()) {
        long parent = Table.parentIn(kept.value());
        if (parent != Table.NO_DIRECTORY) {
          boolean found = withLostAndFound && parent == lostAndFound;
          tree.add(Table.inodeOf(kept.key()), found ? StoredKeys.ROOT_INODE : parent);
        }
      }
    }
    List<Long> heads = new ArrayList<>();
    tree.forEachLost(number -> {}, heads::add);
    for (long head : heads) {
      namesOf(head, true).forEach(table::dropName);
      putIntoLostAndFound(head, FileType.DIRECTORY);
    }
  }

  private void putIntoLostAndFound(long inode, FileType type) {
    anythingFound = true;
    byte[] name = ("#" + inode).getBytes(StandardCharsets.UTF_8);
    table.addName(new Name(lostAndFound, name, inode, (byte) type.code()));
    table.keep(inode, type == FileType.DIRECTORY ? lostAndFound : Table.NO_DIRECTORY);
    findings.add(
        Kind.STRUCTURE,
        "inode " + inode,
        "no name leads to it any more: it is kept as /" + LOST_AND_FOUND + "/#" + inode);
  }

  /** In the root, under a name that is free. */
  private void nameLostAndFound() {
    String name = LOST_AND_FOUND;
    for (int i = 1; table.hasName(StoredKeys.ROOT_INODE, bytes(name)); i++) {
      name = LOST_AND_FOUND + "." + i;
    }
    byte type = (byte) FileType.DIRECTORY.code();
    table.addName(new Name(StoredKeys.ROOT_INODE, bytes(name), lostAndFound, type));
    table.keep(lostAndFound, StoredKeys.ROOT_INODE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
