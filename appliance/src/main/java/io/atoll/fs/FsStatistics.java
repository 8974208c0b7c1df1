package io.atoll.fs;

/**
 * The facts of {@code statfs}.
 *
 * @param totalBytes the most that the file system could hold now
 * @param freeBytes not used
 * @param availableBytes free to those who are not the superuser
 * @param totalFiles the most objects that it could hold
 * @param freeFiles how many more it could hold
 * @param quotaUsedBytes what counts for the nearest quota, or all that is used if there is none
 * @param quotaAvailableBytes how much more no quota refuses; {@link QuotaLimits#NONE} if there is
 *     none
 */
public record FsStatistics(
    long totalBytes,
    long freeBytes,
    long availableBytes,
    long totalFiles,
    long freeFiles,
    long quotaUsedBytes,
    long quotaAvailableBytes) {}
