package io.atoll.fs.store;

import io.atoll.fs.Attributes;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A tree, line by line, to compare a file system's with its model's: each path with all that can be
 * seen of the object but the change attribute; objects with several names are told by their first.
 */
final class TreeDump {
  private final TestFs fs;
  private final Map<FileHandle, String> seen = new HashMap<>();
  private final List<String> lines = new ArrayList<>();

  private TreeDump(TestFs fs) {
    this.fs = fs;
  }

  static List<String> of(TestFs fs, FileHandle root) {
    TreeDump dump = new TreeDump(fs);
    dump.lines.add(line("", null, fs.stat(root), new byte[0]));
    dump.below("", root);
    return dump.lines;
  }

  private void below(String path, FileHandle directory) {
    for (String name : fs.list(directory).keySet()) {
      Attributes attributes = fs.lookup(directory, name).ok();
      FileHandle handle = attributes.handle();
      String full = path + "/" + name;
      lines.add(line(full, seen.putIfAbsent(handle, full), attributes, content(attributes)));
      if (attributes.type() == FileType.DIRECTORY) {
        below(full, handle);
      }
    }
  }

  private byte[] content(Attributes attributes) {
    return switch (attributes.type()) {
      case DIRECTORY -> new byte[0];
      case SYMLINK -> fs.readLink(attributes.handle()).ok();
      default -> content(attributes.handle(), (int) attributes.sizeBytes());
    };
  }

  private byte[] content(FileHandle file, int size) {
    byte[] content = new byte[size];
    for (int at = 0; at < size; at += StoreLimits.MAX_TRANSFER_BYTES) {
      byte[] part = fs.read(file, at, StoreLimits.MAX_TRANSFER_BYTES);
      System.arraycopy(part, 0, content, at, part.length);
    }
    return content;
  }

  private static String line(String path, String first, Attributes found, byte[] content) {
    return line(
        path,
        first,
        found.type(),
        found.links(),
        found.mode(),
        found.uid(),
        found.gid(),
        List.of(found.atimeNanos(), found.mtimeNanos(), found.ctimeNanos()),
        content);
  }

  /**
   * @param first the path of the same object that was met before; null if none was
   * @param times of access, modification and change
   * @param content a file's bytes, or a link's target
   */
  static String line(
      String path,
      String first,
      FileType type,
      int links,
      int mode,
      int uid,
      int gid,
      List<Long> times,
      byte[] content) {
    if (first != null) {
      return path + " = " + first;
    }
    String all = path + " " + type + " " + links + " " + Integer.toOctalString(mode);
    return all
        + (" " + uid + ":" + gid + " " + times)
        + (type == FileType.DIRECTORY ? "" : " " + content.length + " " + Arrays.hashCode(content));
  }
}
