package io.atoll.fs.scrub;

/**
 * What a scrubber has done since it was started.
 *
 * @param pass which time it is going through the file system, counted over restarts
 * @param bytesRead and compared
 * @param damagedBlocks that did not match or could not be read, each counted once a pass
 * @param mapGaps places where the map of chunks could not be read, and was stepped over
 * @param stepsPutOff because clients were being served
 */
public record ScrubStatus(
    long pass, long bytesRead, long damagedBlocks, long mapGaps, long stepsPutOff) {}
