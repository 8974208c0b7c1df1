package io.atoll.io.log;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The verdict on a scanned log: which groups count, where the log ends, what is torn and has to be
 * overwritten. Only the last group can be torn, since one is in flight at a time; anything else
 * that is missing or broken is damage.
 *
 * @param groups that hold records above the index's sequence, and at least the last one; in order
 * @param tail where the log ends
 * @param torn headers of a group that was being written, one more than the last that counts; groups
 *     go one at a time, so where there are any, the last that counts was durable
 */
public record LogHistory(List<ScannedGroup> groups, LogTail tail, List<ScannedGroup> torn) {

  /**
   * @param scanned all groups found
   * @param appliedSequence the sequence that the index has reached
   * @param mark how far the log reaches at least
   * @throws LogDamage if acknowledged records are missing
   */
  public static LogHistory of(List<ScannedGroup> scanned, long appliedSequence, DurableMark mark) {
    Map<Long, ScannedGroup> intact = new HashMap<>();
    ScannedGroup last = null;
    for (ScannedGroup group : scanned) {
      if (group.intact()) {
        ScannedGroup other = intact.put(group.header().number(), group);
        if (other != null) {
          throw new LogDamage(
              "group "
                  + group.header().number()
                  + " is in the log twice: in "
                  + other.place()
                  + " and in "
                  + group.place());
        }
        if (last == null || group.header().number() > last.header().number()) {
          last = group;
        }
      }
    }
    List<ScannedGroup> torn = torn(scanned, last);
    long lastSequence = last == null ? 0 : last.header().lastSequence();
    if (lastSequence < appliedSequence) {
      throw new LogDamage(
          (last == null
                  ? "from " + LogSegment.name(0) + " at offset 0 on there is no record in the log"
                  : "the log ends with record " + lastSequence + " in " + last.place())
              + ", but the index has already applied record "
              + appliedSequence
              + ": the end of the log is lost");
    }
    String missing = mark.missing(last);
    if (missing != null) {
      throw new LogDamage(missing);
    }
    if (last == null) {
      return new LogHistory(List.of(), new LogTail(0, 0, 0, 0, 0), torn);
    }
    return new LogHistory(chain(intact, last, scanned, appliedSequence), tailAfter(last), torn);
  }

  /** The history without its last group, whose data did not reach the disk with it. */
  public LogHistory withoutLast(
      List<ScannedGroup> scanned, long appliedSequence, DurableMark mark) {
    ScannedGroup last = groups.getLast();
    List<ScannedGroup> others = new ArrayList<>();
    for (ScannedGroup group : scanned) {
      if (group.header().number() != last.header().number()) {
        others.add(group);
      }
    }
    LogHistory shorter = of(others, appliedSequence, mark);
    List<ScannedGroup> allTorn = new ArrayList<>(shorter.torn());
    allTorn.add(last);
    return new LogHistory(shorter.groups(), shorter.tail(), allTorn);
  }

  private static LogTail tailAfter(ScannedGroup last) {
    GroupHeader header = last.header();
    return new LogTail(
        header.number(),
        header.lastSequence(),
        header.chainAfter(),
        last.segment(),
        last.endBytes());
  }

  private static List<ScannedGroup> torn(List<ScannedGroup> scanned, ScannedGroup last) {
    long lastNumber = last == null ? 0 : last.header().number();
    List<ScannedGroup> torn = new ArrayList<>();
    for (ScannedGroup group : scanned) {
      if (!group.intact() && group.header().number() > lastNumber) {
        if (group.header().number() > lastNumber + 1) {
          throw new LogDamage(
              group.place()
                  + " begins group "
                  + group.header().number()
                  + ", but the last whole group before it is "
                  + lastNumber
                  + (last == null ? "" : " in " + last.place())
                  + ": what lies between is damaged");
        }
        torn.add(group);
      }
    }
    return torn;
  }

  private static List<ScannedGroup> chain(
      Map<Long, ScannedGroup> intact,
      ScannedGroup last,
      List<ScannedGroup> scanned,
      long appliedSequence) {
    List<ScannedGroup> chain = new ArrayList<>();
    chain.add(last);
    ScannedGroup group = last;
    while (group.header().firstSequence() > appliedSequence + 1) {
      ScannedGroup before = intact.get(group.header().number() - 1);
      if (before == null) {
        throw new LogDamage(missing(intact, scanned, group));
      }
      checkLink(before, group);
      chain.add(before);
      group = before;
    }
    Collections.reverse(chain);
    return chain;
  }

  private static void checkLink(ScannedGroup before, ScannedGroup after) {
    if (before.header().chainAfter() != after.header().chainBefore()
        || before.header().lastSequence() + 1 != after.header().firstSequence()
        || before.header().incarnation() > after.header().incarnation()) {
      throw new LogDamage(
          "group "
              + after.header().number()
              + " in "
              + after.place()
              + " does not follow from group "
              + before.header().number()
              + " in "
              + before.place());
    }
  }

  private static String missing(
      Map<Long, ScannedGroup> intact, List<ScannedGroup> scanned, ScannedGroup after) {
    long number = after.header().number() - 1;
    String what =
        "group " + number + " (records up to " + (after.header().firstSequence() - 1) + ")";
    String then = ", but group " + (number + 1) + " in " + after.place() + " is whole";
    for (ScannedGroup group : scanned) {
      if (!group.intact() && group.header().number() == number) {
        return group.place() + ": " + what + " is damaged" + then;
      }
    }
    ScannedGroup before = intact.get(number - 1);
    if (before != null) {
      return LogSegment.name(before.segment())
          + " at offset "
          + before.endBytes()
          + ": "
          + what
          + " is damaged"
          + then;
    }
    return "before " + after.place() + ": " + what + " is missing" + then;
  }
}
