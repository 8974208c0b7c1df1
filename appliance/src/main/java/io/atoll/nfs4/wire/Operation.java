package io.atoll.nfs4.wire;

/** The operations of NFSv4.1 by their numbers (RFC 8881, section 17). */
public enum Operation {
  ACCESS(3),
  CLOSE(4),
  COMMIT(5),
  CREATE(6),
  DELEGPURGE(7),
  DELEGRETURN(8),
  GETATTR(9),
  GETFH(10),
  LINK(11),
  LOCK(12),
  LOCKT(13),
  LOCKU(14),
  LOOKUP(15),
  LOOKUPP(16),
  NVERIFY(17),
  OPEN(18),
  OPENATTR(19),
  OPEN_CONFIRM(20),
  OPEN_DOWNGRADE(21),
  PUTFH(22),
  PUTPUBFH(23),
  PUTROOTFH(24),
  READ(25),
  READDIR(26),
  READLINK(27),
  REMOVE(28),
  RENAME(29),
  RENEW(30),
  RESTOREFH(31),
  SAVEFH(32),
  SECINFO(33),
  SETATTR(34),
  SETCLIENTID(35),
  SETCLIENTID_CONFIRM(36),
  VERIFY(37),
  WRITE(38),
  RELEASE_LOCKOWNER(39),
  BACKCHANNEL_CTL(40),
  BIND_CONN_TO_SESSION(41),
  EXCHANGE_ID(42),
  CREATE_SESSION(43),
  DESTROY_SESSION(44),
  FREE_STATEID(45),
  GET_DIR_DELEGATION(46),
  GETDEVICEINFO(47),
  GETDEVICELIST(48),
  LAYOUTCOMMIT(49),
  LAYOUTGET(50),
  LAYOUTRETURN(51),
  SECINFO_NO_NAME(52),
  SEQUENCE(53),
  SET_SSV(54),
  TEST_STATEID(55),
  WANT_DELEGATION(56),
  DESTROY_CLIENTID(57),
  RECLAIM_COMPLETE(58);

  /** The number under which an operation is answered that does not exist. */
  public static final int ILLEGAL_NUMBER = 10044;

  /** The operation with the greatest number. */
  public static final int GREATEST_NUMBER = 58;

  private static final int FIRST_NUMBER = 3;
  private static final Operation[] IN_ORDER = values();

  private final int number;

  Operation(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The operation with {@code number}, or null if NFSv4.1 has none. */
  public static Operation ofNumber(int number) {
    int index = number - FIRST_NUMBER;
    return index >= 0 && index < IN_ORDER.length ? IN_ORDER[index] : null;
  }
}
