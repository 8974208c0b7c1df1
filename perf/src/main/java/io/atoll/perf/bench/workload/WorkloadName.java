package io.atoll.perf.bench.workload;

import java.util.Locale;

/** The loads that there are, with what each does over and over. */
public enum WorkloadName {
  PING("SEQUENCE alone: the floor of every other operation"),
  SEQ_READ("reads files from beginning to end"),
  SEQ_WRITE("writes files from beginning to end, with a COMMIT now and then"),
  RAND_READ("reads blocks anywhere in files"),
  RAND_WRITE("overwrites blocks anywhere in files"),
  MIXED("reads or overwrites blocks anywhere in files"),
  APPEND("appends to files of its own in turn, durably"),
  CREATE("makes files, and leaves them"),
  CREATE_REMOVE("makes a file and removes it"),
  REMOVE("removes files that were made before, until there are none"),
  RENAME("renames files to and fro"),
  STAT("asks for a file's attributes by its handle"),
  LOOKUP("looks a name up and asks for its attributes"),
  READDIR("lists directories with attributes, page by page"),
  SMALL_WRITE("makes small files, and directories for them: makes one, writes it, closes it"),
  SMALL_READ("opens a small file, reads it and closes it");

  private final String description;

  WorkloadName(String description) {
    this.description = description;
  }

  public String description() {
    return description;
  }

  /** As users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  public static WorkloadName ofText(String text) {
    for (WorkloadName name : values()) {
      if (name.text().equals(text)) {
        return name;
      }
    }
    StringBuilder known = new StringBuilder();
    for (WorkloadName name : values()) {
      known.append(known.isEmpty() ? "" : ", ").append(name.text());
    }
    throw new IllegalArgumentException("there is no workload '" + text + "', but " + known);
  }

  /** Whether its files are laid out before, and read and written in blocks. */
  public boolean usesBlocks() {
    return switch (this) {
      case SEQ_READ, SEQ_WRITE, RAND_READ, RAND_WRITE, MIXED -> true;
      default -> false;
    };
  }
}
