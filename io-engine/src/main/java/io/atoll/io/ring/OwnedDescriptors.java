package io.atoll.io.ring;

import io.atoll.io.linux.Syscalls;
import java.util.ArrayList;
import java.util.List;

/**
 * The descriptors of one disk: of its folder, and of the files that are open. They are closed
 * whatever way the loop ends. Loop-confined.
 */
final class OwnedDescriptors {

  private final List<RingFile> files = new ArrayList<>();
  private int folder = SlotTable.NONE;

  /** Takes the directory's descriptor; or gives it up, if negative. */
  void own(int folderDescriptor) {
    folder = folderDescriptor;
  }

  void own(RingFile file) {
    files.add(file);
  }

  /** Gives a file up, to be closed by the caller; false if it was closed here. */
  boolean giveUp(RingFile file) {
    return files.remove(file);
  }

  /** Those that are open. */
  List<RingFile> files() {
    return files;
  }

  /** Closes all. Nothing may be in flight in them. */
  void closeAll() {
    for (RingFile file : files) {
      Syscalls.close(file.fd);
    }
    files.clear();
    if (folder >= 0) {
      Syscalls.close(folder);
      folder = SlotTable.NONE;
    }
  }
}
