package io.atoll.nfs4.state;

/**
 * The program that takes a client's callbacks, and the credential that it wants to see on them
 * (csa_cb_program and csa_sec_parms, RFC 8881 §18.36.3; BACKCHANNEL_CTL, §18.33).
 *
 * @param number the RPC program
 * @param flavor AUTH_NONE, AUTH_SYS, or {@link #NO_FLAVOR}
 * @param credential its body; not to be changed
 */
public record CallbackProgram(int number, int flavor, byte[] credential) {
  /** The client offers no flavor that this server has. */
  public static final int NO_FLAVOR = -1;

  /** Whether callbacks can be made at all. */
  boolean isUsable() {
    return flavor != NO_FLAVOR;
  }
}
