package io.atoll.io.disk;

import io.netty.buffer.ByteBuf;

/**
 * A file open for direct I/O on one loop's ring. Loop-confined. Offsets, lengths and memory
 * addresses must be multiples of {@link Disk#alignmentBytes()}, or the operation ends with {@code
 * -EINVAL}; a range outside of its buffer, a negative offset and a length below 1 are bugs and
 * throw. On the ring no operation allocates on the heap. Operations in flight are independent of
 * each other and complete in any order, never before the call has returned; a {@link #dataSync}
 * covers just the writes that had completed when it was called.
 *
 * <p>Buffers are direct and must stay unreleased and (for writes) unchanged until completion; the
 * file takes no reference of its own. At {@link Disk#MAX_FILE_OPERATIONS_IN_FLIGHT} further ones
 * queue, in order, and are submitted as others complete; at {@link Disk#MAX_DISK_OPERATIONS} they
 * end with {@code -EAGAIN}. Syncs and durable writes have bounds and a queue of their own, {@link
 * Disk#MAX_FILE_SYNCS_IN_FLIGHT} and {@link Disk#MAX_DISK_SYNCS}, and overtake the others. What is
 * queued when the loop shuts down ends with {@code -ECANCELED}.
 */
public interface DiskFile {

  /**
   * Reads up to {@code length} bytes at {@code offsetBytes} into {@code buffer} from {@code index}
   * on, without moving its indices. The result is short only at the end of the file.
   */
  void read(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie);

  /**
   * Reads at {@code offsetBytes} into the first {@code count} of {@code buffers}, one after the
   * other, as one vectored operation: into each from its reader index to its writer index, without
   * moving them. The result is short only at the end of the file. The array may change once the
   * call has returned.
   *
   * @param count 1 to {@link Disk#MAX_VECTOR_BUFFERS}
   */
  void readVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie);

  /**
   * Writes {@code length} bytes of {@code buffer} from {@code index} on at {@code offsetBytes}. The
   * result is {@code length} or a negated errno: a short write is continued by the file itself.
   */
  void write(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie);

  /**
   * As {@link #write}, with the data durable at completion: also all writes to the same device that
   * had completed before are then out of its volatile cache, if they went to already written space.
   * On a device with a volatile cache that takes FUA writes, {@code RWF_DSYNC} alone does not do
   * that (Linux's iomap then sends one FUA write and no flush): there, a write does, and an {@code
   * fdatasync} that is submitted when it has completed.
   */
  void writeDurably(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie);

  /**
   * Writes the readable bytes of the first {@code count} of {@code buffers}, one after the other,
   * at {@code offsetBytes}, as one vectored operation.
   *
   * @param count 1 to {@link Disk#MAX_VECTOR_BUFFERS}
   */
  void writeVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie);

  /** Makes the data of all writes that have completed durable ({@code fdatasync}). */
  void dataSync(IoCompletion completion, long cookie);

  /** Allocates {@code lengthBytes} at {@code offsetBytes}, growing the file; contents read as 0. */
  void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie);

  /** Gives {@code lengthBytes} at {@code offsetBytes} back to the disk; they then read as 0. */
  void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie);

  /** The file's length as it was found at opening, or grew by operations that completed since. */
  long lengthBytes();

  /** Closes the file once what is in flight or queued has completed. Nothing may follow. */
  void close(IoCompletion completion, long cookie);
}
