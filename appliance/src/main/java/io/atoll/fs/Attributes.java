package io.atoll.fs;

/**
 * An object's attributes at one moment.
 *
 * @param handle whose they are
 * @param type what it is
 * @param mode the low 12 bits: permissions, setuid, setgid, sticky
 * @param uid unsigned 32-bit
 * @param gid unsigned 32-bit
 * @param links hard links; for a directory 2 plus its subdirectories
 * @param sizeBytes the file's length; a symbolic link's target's; a directory's is nominal
 * @param usedBytes space that it takes on disk
 * @param atimeNanos last access, nanoseconds since the epoch
 * @param mtimeNanos last change of content
 * @param ctimeNanos last change of attributes or content
 * @param btimeNanos creation
 * @param change rises with every change of content or attributes, never falls or repeats
 * @param deviceMajor of a device, else 0
 * @param deviceMinor of a device, else 0
 */
public record Attributes(
    FileHandle handle,
    FileType type,
    int mode,
    int uid,
    int gid,
    int links,
    long sizeBytes,
    long usedBytes,
    long atimeNanos,
    long mtimeNanos,
    long ctimeNanos,
    long btimeNanos,
    long change,
    int deviceMajor,
    int deviceMinor) {}
