package io.atoll.control;

import io.atoll.fs.Quota;

/**
 * A quota, and where it is.
 *
 * @param path from the root of the file system, {@code /} for its own, for people to read; null if
 *     it was moved while it was looked for
 */
public record DirectoryQuota(String path, Quota quota) {}
