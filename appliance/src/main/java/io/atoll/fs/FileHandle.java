package io.atoll.fs;

/**
 * The lasting name of a file-system object: never another object's, before or after a restart.
 *
 * @param inode the object's number, NFS's fileid
 * @param generation tells objects apart that bore the same number one after the other
 */
public record FileHandle(long inode, int generation) {}
