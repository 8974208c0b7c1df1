package io.atoll.control.resource;

/**
 * Whether a file system is to be backed up. Kept and told, not acted upon.
 *
 * @param id of the file system
 */
public record BackupPolicy(String id, boolean enabled) implements Resource {}
