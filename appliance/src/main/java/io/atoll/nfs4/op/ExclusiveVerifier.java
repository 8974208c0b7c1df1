package io.atoll.nfs4.op;

import io.atoll.nfs4.state.OwnerId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What is kept with an exclusively created file, so that the retry of its creator is told from
 * another's attempt (RFC 8881, section 18.16.3).
 *
 * <p>The client's own verifier is not enough: Linux makes it of its uptime and the number of the
 * process, and two machines that booted together come to the same one. So it is mixed with the
 * client's owner, which stays the same when the server restarts.
 */
final class ExclusiveVerifier {
  private ExclusiveVerifier() {}

  /** The first 64 bits of SHA-256 over the client's verifier and owner. */
  static long of(OwnerId client, long verifier) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, verifier));
      return ByteBuffer.wrap(sha256.digest(client.bytes())).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
