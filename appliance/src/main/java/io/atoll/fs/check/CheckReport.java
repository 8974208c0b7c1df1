package io.atoll.fs.check;

import io.atoll.fs.FileSystemId;

/**
 * How much a check looked at.
 *
 * @param id the file system's identity; null if it says none
 * @param inodes objects of all kinds
 * @param directories of these
 * @param names entries of directories
 * @param blocks that files refer to
 * @param blocksRead and compared with their checksums
 */
public record CheckReport(
    FileSystemId id, long inodes, long directories, long names, long blocks, long blocksRead) {}
