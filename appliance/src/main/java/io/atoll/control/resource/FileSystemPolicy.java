package io.atoll.control.resource;

/**
 * The explicit policy of a file system.
 *
 * @param id of the file system
 * @param policy the JSON text, as it was put
 */
public record FileSystemPolicy(String id, String policy) implements Resource {}
