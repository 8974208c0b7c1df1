package io.atoll.fs.memory;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileType;
import io.atoll.fs.Principal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** An object of {@link MemoryFileSystem}. */
final class Node {
  private static final int READ = 4;
  private static final int WRITE = 2;
  private static final int EXECUTE = 1;

  final FileHandle handle;
  final FileType type;
  int mode;
  int uid;
  int gid;
  int links = 1;
  long atimeNanos;
  long mtimeNanos;
  long ctimeNanos;
  long btimeNanos;
  long change = 1;
  long verifier;
  long lastChangedBySequence;
  int deviceMajor;
  int deviceMinor;
  byte[] content = {};
  Node parent;
  int holds;

  /** Of a directory: what its cookies and names stand for. */
  final TreeMap<Long, Entry> entries = new TreeMap<>();

  final Map<String, Long> cookies = new HashMap<>();
  long nextCookie = 3;

  Node(FileHandle handle, FileType type) {
    this.handle = handle;
    this.type = type;
  }

  /** A name in a directory. */
  record Entry(byte[] name, Node node) {}

  static String key(byte[] name) {
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  Node child(byte[] name) {
    Long cookie = cookies.get(key(name));
    return cookie == null ? null : entries.get(cookie).node();
  }

  void enter(byte[] name, Node node) {
    entries.put(nextCookie, new Entry(name.clone(), node));
    cookies.put(key(name), nextCookie);
    nextCookie++;
    if (node.isDirectory()) {
      links++;
      node.parent = this;
    }
  }

  void leave(byte[] name) {
    Entry entry = entries.remove(cookies.remove(key(name)));
    if (entry.node().isDirectory()) {
      links--;
    }
  }

  boolean mayRead(Principal principal) {
    return may(principal, READ);
  }

  boolean mayWrite(Principal principal) {
    return may(principal, WRITE);
  }

  boolean mayExecute(Principal principal) {
    return may(principal, EXECUTE);
  }

  private boolean may(Principal principal, int right) {
    if (principal.isSuperuser()) {
      return right != EXECUTE || isDirectory() || (mode & 0111) != 0;
    }
    int shift = 0;
    if (principal.uid() == uid) {
      shift = 6;
    } else if (principal.isMember(gid)) {
      shift = 3;
    }
    return (mode >> shift & right) != 0;
  }

  void set(AttributeChanges changes, long nowNanos) {
    if (changes.has(AttributeChanges.MODE)) {
      mode = changes.mode;
    }
    if (changes.has(AttributeChanges.MODE_MASKED)) {
      mode = (mode & ~changes.modeMask) | (changes.mode & changes.modeMask);
    }
    if (changes.has(AttributeChanges.UID)) {
      uid = changes.uid;
    }
    if (changes.has(AttributeChanges.GID)) {
      gid = changes.gid;
    }
    if (changes.has(AttributeChanges.SIZE)) {
      content = Arrays.copyOf(content, (int) changes.sizeBytes);
      mtimeNanos = nowNanos;
    }
    if (changes.has(AttributeChanges.ATIME)) {
      atimeNanos = changes.atimeNanos;
    }
    if (changes.has(AttributeChanges.ATIME_NOW)) {
      atimeNanos = nowNanos;
    }
    if (changes.has(AttributeChanges.MTIME)) {
      mtimeNanos = changes.mtimeNanos;
    }
    if (changes.has(AttributeChanges.MTIME_NOW)) {
      mtimeNanos = nowNanos;
    }
    if (changes.has(AttributeChanges.BTIME)) {
      btimeNanos = changes.btimeNanos;
    }
  }

  Attributes attributes() {
    return new Attributes(
        handle,
        type,
        mode,
        uid,
        gid,
        links,
        content.length,
        content.length,
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        btimeNanos,
        change,
        deviceMajor,
        deviceMinor);
  }
}
