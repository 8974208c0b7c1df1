package io.atoll.nfs4.op;

import io.atoll.fs.Attributes;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.DirectoryEnd;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/**
 * READDIR (RFC 8881, section 18.23). Cookies stay good whatever happens to the directory, so the
 * cookie verifier is always zero and never refused. dircount is a hint that is not followed: the
 * entries of a page are found together with their attributes.
 */
final class ReadDirOp implements Op {
  /** Cookies that RFC 8881 reserves for clients' entries "." and "..". */
  private static final long LAST_RESERVED_COOKIE = 2;

  private static final long COOKIE_VERIFIER = 0;

  /** What follows the last entry: no further entry, and eof. */
  private static final int END_BYTES = 2 * Integer.BYTES;

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    long cookie = reader.int64();
    reader.int64(); // cookieverf
    reader.int32(); // dircount
    long maxCount = reader.uint32();
    Bitmap4 requested = Bitmap4.decode(reader);
    if (call.refusesArguments()) {
      return;
    }
    if (requested.intersects(Attribute.WRITE_ONLY)) {
      call.done(Nfs4Status.INVAL);
      return;
    }
    if (cookie > 0 && cookie <= LAST_RESERVED_COOKIE) {
      call.done(Nfs4Status.BAD_COOKIE);
      return;
    }
    int wanted = (int) Math.min(maxCount, call.export().facts().maxReadBytes());
    int room = Math.min(wanted, call.replyRoomBytes());
    Nfs4Status tooLittle = room < wanted ? call.replyTooBig() : Nfs4Status.TOOSMALL;
    if (room < Long.BYTES + END_BYTES) {
      call.done(tooLittle);
      return;
    }
    call.expectReply(room);
    Page page = new Page(call, requested, room, tooLittle);
    if (requested.intersects(Attribute.STATISTICS)) {
      FileHandle directory = call.currentFileHandle();
      call.fileSystem()
          .statistics(
              call.fsCall(),
              directory,
              call.guarded(
                  (status, statistics) -> page.read(directory, cookie, status, statistics)));
    } else {
      page.read(call.currentFileHandle(), cookie, FsStatus.OK, null);
    }
  }

  /** One READDIR's entries on their way into the reply. */
  private static final class Page implements DirectoryVisitor {
    private final CompoundCall call;
    private final XdrWriter writer;
    private final Bitmap4 requested;
    private final boolean wantsAttributes;
    private final int endPosition;
    private final Nfs4Status tooLittle;
    private FsStatistics statistics;
    private int entries;
    private boolean full;
    private boolean unreadable;

    /**
     * @param tooLittle the answer if not even one entry has room
     */
    Page(CompoundCall call, Bitmap4 requested, int roomBytes, Nfs4Status tooLittle) {
      this.call = call;
      this.writer = call.writer();
      this.requested = requested;
      this.wantsAttributes = !requested.and(Attribute.SUPPORTED).isWithin(Attribute.KNOWN_BY_ENTRY);
      this.endPosition = writer.position() + roomBytes - END_BYTES;
      this.tooLittle = tooLittle;
    }

    void read(FileHandle directory, long cookie, FsStatus status, FsStatistics newStatistics) {
      if (status != FsStatus.OK) {
        call.done(status);
        return;
      }
      statistics = newStatistics;
      writer.int64(COOKIE_VERIFIER);
      call.fileSystem()
          .readDirectory(call.fsCall(), directory, cookie, this, call.guarded(this::ended));
    }

    @Override
    public boolean wantsAttributes() {
      return wantsAttributes;
    }

    @Override
    public boolean entry(long cookie, byte[] name, long inode, Attributes attributes) {
      if (attributes == null && wantsAttributes && !requested.has(Attribute.RDATTR_ERROR)) {
        // Without a place for the entry's error, it is the operation's (section 18.23.3).
        unreadable = true;
        return false;
      }
      int mark = writer.mark();
      writer.bool(true);
      writer.int64(cookie);
      writer.opaque(name);
      if (attributes != null) {
        call.attributes().encode(writer, requested, attributes, statistics);
      } else {
        // Its attributes were not wanted, or could not be had (rdattr_error, section 18.23.3).
        Nfs4Status error = wantsAttributes ? Nfs4Status.IO : Nfs4Status.OK;
        call.attributes().encodeEntry(writer, requested, inode, error);
      }
      if (writer.position() > endPosition) {
        writer.truncateTo(mark);
        full = true;
        return false;
      }
      entries++;
      return true;
    }

    private void ended(FsStatus status, DirectoryEnd end) {
      if (status != FsStatus.OK) {
        call.done(status);
      } else if (unreadable) {
        call.done(Nfs4Status.IO);
      } else if (entries == 0 && full) {
        call.done(tooLittle);
      } else {
        writer.bool(false);
        writer.bool(end.last());
        call.done(Nfs4Status.OK);
      }
    }
  }
}
