package io.atoll.perf.jmh;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.DurableRecords;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsQuotas;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.fs.ReadResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;

/**
 * A root and one file in it that has whatever is asked of it: answers at once, keeps nothing and
 * allocates nothing, so that what is measured is what lies above it.
 */
final class OneFileSystem implements FileSystem {
  private static final FileHandle ROOT = new FileHandle(1, 0);
  private static final FileHandle FILE = new FileHandle(2, 0);
  private static final int MAX_TRANSFER_BYTES = 1 << 20;
  private static final int SECRET_BYTES = 32;
  private static final int MODE = 0644;
  private static final long FILE_BYTES = 1L << 30;

  private final Attributes rootAttributes = attributes(ROOT, FileType.DIRECTORY);
  private final Attributes fileAttributes = attributes(FILE, FileType.REGULAR);
  private final ByteBuf content;
  private final ReadResult read;
  private final WriteResult written;

  /**
   * @param transferBytes of each READ and WRITE
   */
  OneFileSystem(int transferBytes) {
    content = Unpooled.directBuffer(transferBytes).writeZero(transferBytes);
    read = new ReadResult(new ByteBuf[] {content}, false);
    written = new WriteResult(transferBytes, Stability.FILE_SYNC);
  }

  private static Attributes attributes(FileHandle handle, FileType type) {
    return new Attributes(handle, type, MODE, 0, 0, 1, FILE_BYTES, FILE_BYTES, 1, 1, 1, 1, 1, 0, 0);
  }

  @Override
  public FileHandle root() {
    return ROOT;
  }

  @Override
  public FileSystemId id() {
    return new FileSystemId(1, 2);
  }

  @Override
  public int maxTransferBytes() {
    return MAX_TRANSFER_BYTES;
  }

  @Override
  public FileLimits limits() {
    return FileLimits.HIGHEST;
  }

  @Override
  public byte[] handleSecret() {
    return new byte[SECRET_BYTES];
  }

  @Override
  public long writeVerifier() {
    return 1;
  }

  @Override
  public void awaitDurable(long sequence, FsCallback<Void> callback) {
    callback.done(FsStatus.OK, null);
  }

  @Override
  public void attributes(FsCall call, FileHandle file, FsCallback<Attributes> callback) {
    callback.done(FsStatus.OK, file.equals(ROOT) ? rootAttributes : fileAttributes);
  }

  @Override
  public void access(FsCall call, FileHandle file, int wanted, FsCallback<AccessResult> callback) {
    callback.done(FsStatus.OK, new AccessResult(wanted, wanted));
  }

  @Override
  public void lookup(
      FsCall call, FileHandle directory, byte[] name, FsCallback<Attributes> callback) {
    callback.done(FsStatus.OK, fileAttributes);
  }

  @Override
  public void read(
      FsCall call,
      FileHandle file,
      boolean heldOpen,
      long offsetBytes,
      int lengthBytes,
      FsCallback<ReadResult> callback) {
    content.retain();
    callback.done(FsStatus.OK, read);
  }

  @Override
  public void write(
      FsCall call,
      FileHandle file,
      boolean heldOpen,
      long offsetBytes,
      ByteBuf data,
      Stability stability,
      FsCallback<WriteResult> callback) {
    data.release();
    callback.done(FsStatus.OK, written);
  }

  @Override
  public void hold(FsCall call, FileHandle file, FsCallback<Void> callback) {
    callback.done(FsStatus.OK, null);
  }

  @Override
  public void release(FileHandle file) {}

  @Override
  public void graceEnded() {}

  @Override
  public DurableRecords records() {
    return new DurableRecords() {
      @Override
      public long put(byte[] key, byte[] value) {
        return 0;
      }

      @Override
      public long remove(byte[] key) {
        return 0;
      }

      @Override
      public void all(FsCallback<List<Entry>> callback) {
        callback.done(FsStatus.OK, List.of());
      }
    };
  }

  // --- what no benchmark asks for ---

  private static UnsupportedOperationException notMeasured() {
    return new UnsupportedOperationException("no benchmark measures this");
  }

  @Override
  public void statistics(FsCall call, FsCallback<FsStatistics> callback) {
    throw notMeasured();
  }

  @Override
  public void statistics(FsCall call, FileHandle object, FsCallback<FsStatistics> callback) {
    throw notMeasured();
  }

  @Override
  public void setAttributes(
      FsCall call,
      FileHandle file,
      AttributeChanges changes,
      boolean openForWriting,
      FsCallback<Attributes> callback) {
    throw notMeasured();
  }

  @Override
  public void pathOf(FsCall call, FileHandle directory, FsCallback<List<byte[]>> callback) {
    throw notMeasured();
  }

  @Override
  public void lookupParent(FsCall call, FileHandle directory, FsCallback<Attributes> callback) {
    throw notMeasured();
  }

  @Override
  public void create(
      FsCall call,
      FileHandle directory,
      byte[] name,
      CreateRequest request,
      FsCallback<CreateResult> callback) {
    throw notMeasured();
  }

  @Override
  public void remove(
      FsCall call, FileHandle directory, byte[] name, FsCallback<ChangeInfo> callback) {
    throw notMeasured();
  }

  @Override
  public void rename(
      FsCall call,
      FileHandle fromDirectory,
      byte[] fromName,
      FileHandle toDirectory,
      byte[] toName,
      FsCallback<RenameResult> callback) {
    throw notMeasured();
  }

  @Override
  public void link(
      FsCall call,
      FileHandle file,
      FileHandle directory,
      byte[] name,
      FsCallback<ChangeInfo> callback) {
    throw notMeasured();
  }

  @Override
  public void readLink(FsCall call, FileHandle symlink, FsCallback<byte[]> callback) {
    throw notMeasured();
  }

  @Override
  public void readDirectory(
      FsCall call,
      FileHandle directory,
      long cookie,
      DirectoryVisitor visitor,
      FsCallback<DirectoryEnd> callback) {
    throw notMeasured();
  }

  @Override
  public void commit(FsCall call, FileHandle file, FsCallback<Void> callback) {
    throw notMeasured();
  }

  @Override
  public FsQuotas quotas() {
    throw notMeasured();
  }

  @Override
  public void close(FsCallback<Void> callback) {
    throw notMeasured();
  }
}
