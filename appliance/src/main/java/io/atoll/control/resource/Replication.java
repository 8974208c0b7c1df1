package io.atoll.control.resource;

/**
 * Where a file system is to be replicated. Kept and told, not acted upon.
 *
 * @param id of the source file system
 * @param createdMillis since the epoch
 * @param destinationId the destination file system
 * @param roleArn null if none was given
 */
public record Replication(
    String id, long createdMillis, String destinationId, String destinationRegion, String roleArn)
    implements Resource {}
