package io.atoll.nfs4.state;

import java.util.List;

/**
 * What SEQUENCE tells of the way back to the client (sr_status_flags, RFC 8881 §18.46.3). The flags
 * for revoked, moved and reclaimable state are never true here: a client's state goes as a whole,
 * with its sessions, which BADSESSION tells.
 */
public final class StatusFlags {
  /** SEQ4_STATUS_CB_PATH_DOWN. */
  static final int CB_PATH_DOWN = 0x1;

  /** SEQ4_STATUS_CB_PATH_DOWN_SESSION. */
  static final int CB_PATH_DOWN_SESSION = 0x200;

  /** SEQ4_STATUS_BACKCHANNEL_FAULT. */
  static final int BACKCHANNEL_FAULT = 0x400;

  private StatusFlags() {}

  /** What is true of a session and its client now. */
  public static int of(Session session) {
    BackChannel own = session.backChannel();
    if (own.isFaulty()) {
      return BACKCHANNEL_FAULT;
    }
    if (own.isUp()) {
      return 0;
    }
    int ofSession = own.isDown() ? CB_PATH_DOWN_SESSION : 0;
    boolean anyIsDown = false;
    List<Session> sessions = session.client().sessions();
    for (int i = 0; i < sessions.size(); i++) {
      BackChannel channel = sessions.get(i).backChannel();
      if (channel.isUp()) {
        return ofSession;
      }
      anyIsDown |= channel.isDown();
    }
    return anyIsDown ? ofSession | CB_PATH_DOWN : 0;
  }
}
