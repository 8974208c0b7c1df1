package io.atoll.io.disk;

import io.netty.buffer.ByteBuf;

/** A file that hands all to another one: for tests that change one thing of it. */
public class ForwardingFile implements DiskFile {

  protected final DiskFile file;

  protected ForwardingFile(DiskFile file) {
    this.file = file;
  }

  @Override
  public void read(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    file.read(buffer, index, length, offsetBytes, completion, cookie);
  }

  @Override
  public void readVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    file.readVectored(buffers, count, offsetBytes, completion, cookie);
  }

  @Override
  public void write(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    file.write(buffer, index, length, offsetBytes, completion, cookie);
  }

  @Override
  public void writeDurably(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    file.writeDurably(buffer, index, length, offsetBytes, completion, cookie);
  }

  @Override
  public void writeVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    file.writeVectored(buffers, count, offsetBytes, completion, cookie);
  }

  @Override
  public void dataSync(IoCompletion completion, long cookie) {
    file.dataSync(completion, cookie);
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    file.allocate(offsetBytes, lengthBytes, completion, cookie);
  }

  @Override
  public void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    file.punch(offsetBytes, lengthBytes, completion, cookie);
  }

  @Override
  public long lengthBytes() {
    return file.lengthBytes();
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    file.close(completion, cookie);
  }
}
