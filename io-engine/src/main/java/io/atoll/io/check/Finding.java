package io.atoll.io.check;

/**
 * Something in a store that is not as it should be.
 *
 * @param kind what it means for the store
 * @param place the file and offset, or the path, inode and offset
 * @param what is wrong there
 */
public record Finding(Kind kind, String place, String what) {

  /** What a finding means, the gravest first. */
  public enum Kind {
    /** The store does not start: its superblock, log or index is damaged. */
    STORE("store"),
    /** It starts, but what it says of itself contradicts itself. */
    STRUCTURE("structure"),
    /** Content of a file is lost; reading it gives an I/O error. */
    DATA("data"),
    /** Nothing is lost or at risk: space that nobody uses, or one of two copies. */
    HARMLESS("harmless");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** For a person. */
    public String word() {
      return word;
    }
  }

  @Override
  public String toString() {
    return kind.word() + ": " + place + ": " + what;
  }
}
