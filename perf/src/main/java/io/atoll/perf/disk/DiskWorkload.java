package io.atoll.perf.disk;

/**
 * A steady load on one file.
 *
 * @param name for the table
 * @param fioRw as fio's {@code --rw}: {@code randread}, {@code randwrite}, {@code read} or {@code
 *     write}
 * @param blockBytes of each operation
 * @param depth operations in flight
 */
record DiskWorkload(String name, String fioRw, int blockBytes, int depth) {

  boolean random() {
    return fioRw.startsWith("rand");
  }

  boolean writes() {
    return fioRw.endsWith("write");
  }
}
