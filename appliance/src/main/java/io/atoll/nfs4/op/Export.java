package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.nfs4.wire.AttributeEncoder;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.ServerFacts;

/**
 * What a connection sees: a file system, how its handles look on the wire, and the server's limits.
 *
 * @param fileSystem to be called on its home loop only
 * @param handles the codec of its filehandles
 * @param attributes encodes its objects' attributes
 * @param facts limits and constants that attributes tell
 */
public record Export(
    FileSystem fileSystem,
    FileHandleCodec handles,
    AttributeEncoder attributes,
    ServerFacts facts) {

  public static Export of(FileSystem fileSystem, ServerFacts facts) {
    FileHandleCodec handles = new FileHandleCodec(fileSystem.id(), fileSystem.handleSecret());
    AttributeEncoder attributes =
        new AttributeEncoder(fileSystem.id(), fileSystem.maxFileSizeBytes(), handles, facts);
    return new Export(fileSystem, handles, attributes, facts);
  }

  /** What PUTROOTFH gives. */
  public FileHandle root() {
    return fileSystem.root();
  }
}
