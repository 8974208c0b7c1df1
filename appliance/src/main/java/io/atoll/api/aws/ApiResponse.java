package io.atoll.api.aws;

/**
 * What is answered.
 *
 * @param contentType null if there is no body
 * @param errorType the name of an error, null if it is none
 * @param body empty if there is none
 */
public record ApiResponse(int status, String contentType, String errorType, byte[] body) {

  private static final byte[] NOTHING = new byte[0];

  /** A success without a body. */
  public static ApiResponse empty(int status) {
    return new ApiResponse(status, null, null, NOTHING);
  }
}
