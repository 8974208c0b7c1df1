package io.atoll.nfs4.op;

import io.atoll.fs.FileSystemId;
import java.nio.charset.StandardCharsets;

/**
 * Who the server says it is in EXCHANGE_ID (RFC 8881, sections 2.10.4 and 18.35.3). Each listener
 * serves one file system and is a server of its own: owner and scope come from the file system's
 * ID, so that they stay the same over restarts, and so that no client takes two file systems'
 * servers for one and sends the one's sessions to the other (trunking).
 *
 * @param ownerMinor so_minor_id
 * @param ownerMajor so_major_id; not to be changed
 * @param scope eir_server_scope; not to be changed
 * @param implementationName nii_name
 */
public record ServerIdentity(
    long ownerMinor, byte[] ownerMajor, byte[] scope, String implementationName) {
  /** nii_domain. */
  static final String IMPLEMENTATION_DOMAIN = "atoll.io";

  /**
   * @param version of this program, for the implementation's name
   */
  public static ServerIdentity of(FileSystemId fileSystem, String version) {
    byte[] id =
        String.format("atoll-%016x%016x", fileSystem.high(), fileSystem.low())
            .getBytes(StandardCharsets.US_ASCII);
    return new ServerIdentity(0, id, id, "Atoll " + version);
  }
}
