package io.atoll.nfs4.state;

import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A client's end of a connection: shows what it is called for, and answers as a test says. */
final class FakePath implements CallbackPath {
  private static final int MAX_BYTES = 4096;

  /** Calls that have no answer yet, the oldest first. */
  final List<Call> calls = new ArrayList<>();

  private boolean open = true;

  /** A call: its procedure and the bytes of its arguments. */
  record Call(int procedure, byte[] arguments, Answer answer) {

    /** CB_SEQUENCE's slot and sequence, and the number of the operation behind it. */
    int slot() {
      return word(10);
    }

    int sequence() {
      return word(9);
    }

    int operation() {
      return word(14);
    }

    private int word(int index) {
      return Unpooled.wrappedBuffer(arguments).getInt(index * Integer.BYTES);
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean call(
      CallbackProgram program, int procedure, Consumer<XdrWriter> arguments, Answer answer) {
    if (!open) {
      return false;
    }
    XdrWriter writer = new XdrWriter().begin(UnpooledByteBufAllocator.DEFAULT, MAX_BYTES);
    arguments.accept(writer);
    byte[] bytes = new byte[writer.position()];
    writer.buffer().getBytes(0, bytes);
    writer.discard();
    calls.add(new Call(procedure, bytes, answer));
    return true;
  }

  Call take() {
    return calls.removeFirst();
  }

  /** The oldest call, which must be CB_NULL, is answered. */
  void answerNull() {
    assert calls.getFirst().procedure() == NULL;
    take().answer().ended(End.ANSWERED, new XdrReader());
  }

  /** The oldest call is answered with CB_SEQUENCE's status, and the operation's if that is OK. */
  void answer(int sequenceStatus, int operationStatus) {
    int status = sequenceStatus == 0 ? operationStatus : sequenceStatus;
    ByteBuf results = Unpooled.buffer();
    results.writeInt(status).writeInt(0).writeInt(sequenceStatus == 0 ? 2 : 1);
    results.writeInt(11).writeInt(sequenceStatus);
    XdrReader reader = new XdrReader().wrap(results, 0, results.readableBytes());
    take().answer().ended(End.ANSWERED, reader);
  }

  void end(End end) {
    take().answer().ended(end, null);
  }

  /** The connection breaks, with all that is under way on it. */
  void close() {
    open = false;
    while (!calls.isEmpty()) {
      end(End.LOST);
    }
  }
}
