package io.atoll.nfs4.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a reply from its first byte to its last by the grammar of RFC 5531, RFC 5662 and RFC 7531,
 * whatever was asked: independently of the encoders, and of what a test expects.
 */
final class ReplyGrammar {
  private static final int REPLY = 1;
  private static final int DENIED_RPC = 1;
  private static final int GREATEST_ACCEPT_STATUS = 5;
  private static final int GREATEST_AUTH_STATUS = 14;

  private static final int MAX_TAG_BYTES = 1024;
  private static final int MAX_WORDS = 8;
  private static final int MAX_HANDLE_BYTES = 128;
  private static final int MAX_OPAQUE_BYTES = 1 << 20;

  private static final int STATEID_BYTES = 16;
  private static final int CHANGE_INFO_BYTES = 20;
  private static final int SESSION_ID_BYTES = 16;
  private static final int VERIFIER_BYTES = 8;

  private static final int DELEGATE_NONE_EXTENDED = 3;
  private static final int WHY_NO_DELEGATION_CONTENTION = 1;
  private static final int WHY_NO_DELEGATION_RESOURCE = 2;

  private final ByteBuffer reply;

  /** An operation's result: its number and its status. */
  record Result(int number, Nfs4Status status) {}

  private ReplyGrammar(byte[] reply) {
    this.reply = ByteBuffer.wrap(reply);
  }

  /**
   * The results of a reply to a COMPOUND, the last of which alone may have failed; none if the RPC
   * layer or the COMPOUND itself was refused.
   *
   * @throws AssertionError if it is not what the grammar says, to the byte
   */
  static List<Result> parse(byte[] reply) {
    try {
      ReplyGrammar grammar = new ReplyGrammar(reply);
      List<Result> results = grammar.message();
      assertEquals(0, grammar.reply.remaining(), "bytes behind the reply");
      return results;
    } catch (BufferUnderflowException e) {
      throw new AssertionError("the reply of " + reply.length + " bytes ends too early", e);
    }
  }

  private List<Result> message() {
    word(); // xid
    assertEquals(REPLY, word(), "message type");
    if (word() == DENIED_RPC) {
      if (word() == 0) {
        words(2); // RPC_MISMATCH: lowest and highest version
      } else {
        enumerator(GREATEST_AUTH_STATUS);
      }
      return List.of();
    }
    assertEquals(0, word(), "verifier flavor");
    assertEquals(0, word(), "verifier length");
    int accepted = enumerator(GREATEST_ACCEPT_STATUS);
    if (accepted == 0) {
      return reply.hasRemaining() ? compound() : List.of(); // nothing is NULL's answer
    }
    if (accepted == 2) {
      words(2); // PROG_MISMATCH: lowest and highest version
    }
    return List.of();
  }

  private List<Result> compound() {
    Nfs4Status status = status();
    opaque(MAX_TAG_BYTES);
    int count = word();
    assertTrue(count >= 0 && count <= reply.remaining() / 8, count + " results");
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(result());
      assertTrue(i == count - 1 || results.get(i).status.isOk(), "a result follows an error");
    }
    if (count > 0) {
      assertEquals(status, results.getLast().status, "the compound's status");
    }
    return results;
  }

  private Result result() {
    int number = word();
    Nfs4Status status = status();
    Operation operation = Operation.ofNumber(number);
    if (operation == null) {
      assertEquals(Operation.ILLEGAL_NUMBER, number);
      assertTrue(status == Nfs4Status.OP_ILLEGAL || status == Nfs4Status.BADXDR, status.name());
    } else if (status.isOk()) {
      body(operation);
    } else if (status == Nfs4Status.DENIED) {
      assertTrue(operation == Operation.LOCK || operation == Operation.LOCKT, operation.name());
      denied();
    } else if (operation == Operation.SETATTR) {
      bitmap();
    } else if (operation == Operation.SETCLIENTID && status == Nfs4Status.CLID_INUSE) {
      opaque(MAX_TAG_BYTES); // clientaddr4 of who uses it: netid
      opaque(MAX_TAG_BYTES); // and address
    }
    return new Result(number, status);
  }

  private void body(Operation operation) {
    switch (operation) {
      case DELEGPURGE,
          DELEGRETURN,
          LOCKT,
          LOOKUP,
          LOOKUPP,
          NVERIFY,
          PUTFH,
          PUTPUBFH,
          PUTROOTFH,
          RESTOREFH,
          SAVEFH,
          VERIFY,
          BACKCHANNEL_CTL,
          DESTROY_CLIENTID,
          DESTROY_SESSION,
          FREE_STATEID,
          RECLAIM_COMPLETE,
          RELEASE_LOCKOWNER,
          RENEW,
          SETCLIENTID_CONFIRM -> {}
      case ACCESS -> words(2);
      case COMMIT -> bytes(VERIFIER_BYTES);
      case CREATE -> {
        bytes(CHANGE_INFO_BYTES);
        bitmap();
      }
      case GETATTR -> attributes();
      case GETFH -> opaque(MAX_HANDLE_BYTES);
      case LINK, REMOVE -> bytes(CHANGE_INFO_BYTES);
      case RENAME -> bytes(2 * CHANGE_INFO_BYTES);
      case CLOSE, LOCK, LOCKU, OPEN_CONFIRM, OPEN_DOWNGRADE -> bytes(STATEID_BYTES);
      case OPEN -> open();
      case READ -> {
        enumerator(1); // eof
        opaque(MAX_OPAQUE_BYTES);
      }
      case READDIR -> readDirectory();
      case READLINK -> opaque(MAX_OPAQUE_BYTES);
      case SECINFO, SECINFO_NO_NAME -> securities();
      case SETATTR -> bitmap();
      case SETCLIENTID -> bytes(Long.BYTES + VERIFIER_BYTES);
      case WRITE -> {
        word(); // count
        enumerator(2); // committed
        bytes(VERIFIER_BYTES);
      }
      case BIND_CONN_TO_SESSION -> {
        bytes(SESSION_ID_BYTES);
        enumerator(3); // direction
        enumerator(1); // RDMA
      }
      case EXCHANGE_ID -> exchangeId();
      case CREATE_SESSION -> {
        bytes(SESSION_ID_BYTES);
        words(2); // sequence, flags
        channel();
        channel();
      }
      case SEQUENCE -> {
        bytes(SESSION_ID_BYTES);
        words(5);
      }
      case TEST_STATEID -> {
        int count = word();
        for (int i = 0; i < count; i++) {
          status();
        }
      }
      default -> throw new AssertionError(operation + " is not served, but was answered with OK");
    }
  }

  private void denied() {
    bytes(2 * Long.BYTES); // offset, length
    int type = word();
    assertTrue(type == 1 || type == 2, "lock type " + type);
    bytes(Long.BYTES); // client ID
    opaque(MAX_TAG_BYTES);
  }

  private void open() {
    bytes(STATEID_BYTES);
    enumerator(1); // change_info4: atomic
    bytes(CHANGE_INFO_BYTES - Integer.BYTES);
    word(); // result flags
    bitmap();
    if (enumerator(DELEGATE_NONE_EXTENDED) == DELEGATE_NONE_EXTENDED) {
      int why = word();
      if (why == WHY_NO_DELEGATION_CONTENTION || why == WHY_NO_DELEGATION_RESOURCE) {
        enumerator(1);
      }
    }
  }

  private void readDirectory() {
    bytes(VERIFIER_BYTES);
    while (enumerator(1) == 1) {
      bytes(Long.BYTES); // cookie
      opaque(255);
      attributes();
    }
    enumerator(1); // eof
  }

  private void securities() {
    int count = word();
    for (int i = 0; i < count; i++) {
      enumerator(1); // AUTH_NONE, AUTH_SYS
    }
  }

  private void exchangeId() {
    bytes(Long.BYTES); // client ID
    words(2); // sequence, flags
    assertEquals(0, word(), "state protection");
    bytes(Long.BYTES); // minor ID
    opaque(MAX_TAG_BYTES);
    opaque(MAX_TAG_BYTES);
    if (enumerator(1) == 1) {
      opaque(MAX_TAG_BYTES);
      opaque(MAX_TAG_BYTES);
      bytes(Long.BYTES + Integer.BYTES); // nfstime4
    }
  }

  private void channel() {
    words(6);
    if (enumerator(1) == 1) {
      word();
    }
  }

  private void attributes() {
    bitmap();
    opaque(MAX_OPAQUE_BYTES);
  }

  private void bitmap() {
    words(enumerator(MAX_WORDS));
  }

  // --- XDR ---

  private int word() {
    return reply.getInt();
  }

  private void words(int count) {
    bytes(count * Integer.BYTES);
  }

  private void bytes(int count) {
    reply.get(new byte[count]);
  }

  private int enumerator(int greatest) {
    int value = word();
    assertTrue(value >= 0 && value <= greatest, value + " where at most " + greatest + " may be");
    return value;
  }

  private void opaque(int greatestBytes) {
    bytes(enumerator(greatestBytes));
    while (reply.position() % Integer.BYTES != 0) {
      assertEquals(0, reply.get(), "padding");
    }
  }

  private Nfs4Status status() {
    int code = word();
    for (Nfs4Status status : Nfs4Status.values()) {
      if (status.code() == code) {
        return status;
      }
    }
    throw new AssertionError("no status of NFSv4: " + code);
  }
}
