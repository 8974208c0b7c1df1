package io.atoll.nfs4.state;

import java.util.HashMap;
import java.util.Map;

/** The files that have state, by their keys. Loop-confined. */
final class FileTable {
  private final Map<Object, FileState> files = new HashMap<>();

  /** Null if nobody has state on it. */
  FileState find(Object file) {
    return files.get(file);
  }

  FileState findOrMake(Object file) {
    return files.computeIfAbsent(file, FileState::new);
  }

  void removeIfUnused(FileState file) {
    if (file.isUnused()) {
      files.remove(file.file());
    }
  }

  int size() {
    return files.size();
  }
}
