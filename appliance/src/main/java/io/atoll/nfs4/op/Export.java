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
 * @param attributes40 encodes its objects' attributes in NFSv4.0
 * @param attributes41 encodes them in NFSv4.1
 * @param facts limits and constants that attributes tell
 */
public record Export(
    FileSystem fileSystem,
    FileHandleCodec handles,
    AttributeEncoder attributes40,
    AttributeEncoder attributes41,
    ServerFacts facts) {

  public static Export of(FileSystem fileSystem, ServerFacts facts) {
    FileHandleCodec handles = new FileHandleCodec(fileSystem.id(), fileSystem.handleSecret());
    return new Export(
        fileSystem,
        handles,
        encoder(0, fileSystem, handles, facts),
        encoder(1, fileSystem, handles, facts),
        facts);
  }

  private static AttributeEncoder encoder(
      int minorVersion, FileSystem fileSystem, FileHandleCodec handles, ServerFacts facts) {
    return new AttributeEncoder(
        minorVersion, fileSystem.id(), fileSystem.maxFileSizeBytes(), handles, facts);
  }

  public AttributeEncoder attributes(int minorVersion) {
    return minorVersion == 0 ? attributes40 : attributes41;
  }

  /** What PUTROOTFH gives. */
  public FileHandle root() {
    return fileSystem.root();
  }
}
