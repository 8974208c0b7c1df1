package io.atoll.io.log;

/**
 * Where a log ends.
 *
 * @param groupNumber of the last group, 0 if there is none
 * @param sequence of the last record, 0 if there is none
 * @param chain its checksum, 0 if there is none
 * @param segment number of the segment that holds the last group, or is to hold the first
 * @param offsetBytes where the next group goes
 */
public record LogTail(long groupNumber, long sequence, int chain, int segment, long offsetBytes) {}
