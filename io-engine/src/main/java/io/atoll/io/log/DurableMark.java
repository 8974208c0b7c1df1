package io.atoll.io.log;

/**
 * How far the log is known to reach, from elsewhere than the log: a segment that was overwritten as
 * a whole, or put in place of a newer one, looks like one that was never written, and would pass
 * for the end of a shorter log, as would a newest segment whose tail was. It is made durable when
 * the first group of a segment is, before that group is acknowledged, and now and then between.
 *
 * @param segment number of the newest segment known to have been begun
 * @param sequence a record in it that is durable; 0 if nothing is known
 */
public record DurableMark(int segment, long sequence) {

  /** Of a log of which nothing is known. */
  public static final DurableMark NONE = new DurableMark(0, 0);

  /**
   * @param last group of the log, null if there is none
   * @return null if the log reaches as far, else what is wrong, with file and offset
   */
  public String missing(ScannedGroup last) {
    if (sequence <= (last == null ? 0 : last.header().lastSequence())) {
      return null;
    }
    boolean isHere = last != null && last.segment() == segment;
    return LogSegment.name(segment)
        + " at offset "
        + (isHere ? last.endBytes() : 0)
        + ": records up to "
        + sequence
        + " were durable when this segment had been begun, but "
        + (last == null
            ? "there is no record in the log"
            : "the log ends with record " + last.header().lastSequence() + " in " + last.place())
        + ": the file was overwritten or is an older one";
  }
}
