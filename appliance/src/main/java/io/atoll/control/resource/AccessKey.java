package io.atoll.control.resource;

/**
 * A pair of names by which a caller of the API proves who it is.
 *
 * @param id the public half: {@code AKIA} and 16 letters and digits
 * @param sealedSecret the secret half, encrypted and in Base64
 * @param createdMillis since the epoch
 */
public record AccessKey(String id, String sealedSecret, long createdMillis) implements Resource {

  /** Without the secret, sealed as it is. */
  @Override
  public String toString() {
    return "AccessKey[" + id + "]";
  }
}
