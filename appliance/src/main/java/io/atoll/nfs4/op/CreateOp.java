package io.atoll.nfs4.op;

import io.atoll.fs.CreateRequest;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.AttributeDecoder;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.ComponentName;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.ObjectType;
import io.atoll.xdr.XdrReader;

/** CREATE (RFC 8881, section 18.4): all types of object but regular files, which OPEN makes. */
final class CreateOp implements Op {
  /** Targets up to this length are told that they are too long; longer ones are malformed. */
  private static final int MAX_WIRE_SYMLINK_BYTES = 64 * 1024;

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    int typeCode = reader.int32();
    byte[] target = null;
    int major = 0;
    int minor = 0;
    if (typeCode == ObjectType.LNK) {
      target = reader.opaque(MAX_WIRE_SYMLINK_BYTES);
    } else if (typeCode == ObjectType.BLK || typeCode == ObjectType.CHR) {
      major = reader.int32();
      minor = reader.int32();
    }
    ComponentName name = ComponentName.decode(reader);
    AttributeDecoder decoder = new AttributeDecoder(call.minorVersion());
    Nfs4Status attributes = decoder.decode(reader);
    if (call.refusesArguments()) {
      return;
    }
    FileType type = ObjectType.creatable(typeCode);
    Nfs4Status refusal = refusal(type, target, name, attributes);
    if (!refusal.isOk()) {
      call.done(refusal);
      return;
    }
    CreateRequest request =
        new CreateRequest(
            type, CreateRequest.Disposition.GUARDED, decoder.changes(), 0, target, major, minor);
    call.fileSystem()
        .create(
            call.fsCall(),
            call.currentFileHandle(),
            name.bytes(),
            request,
            call.guarded((status, result) -> created(call, decoder.requested(), status, result)));
  }

  private static Nfs4Status refusal(
      FileType type, byte[] target, ComponentName name, Nfs4Status attributes) {
    if (type == null) {
      return Nfs4Status.BADTYPE;
    }
    if (!name.status().isOk()) {
      return name.status();
    }
    if (type == FileType.SYMLINK) {
      if (target.length == 0) {
        return Nfs4Status.INVAL;
      }
      if (target.length > FileLimits.HIGHEST.maxSymlinkBytes()) {
        return Nfs4Status.NAMETOOLONG;
      }
      for (byte b : target) {
        if (b == 0) {
          return Nfs4Status.INVAL;
        }
      }
    }
    return attributes;
  }

  private static void created(
      CompoundCall call, Bitmap4 requested, FsStatus status, CreateResult result) {
    if (status != FsStatus.OK) {
      call.done(status);
      return;
    }
    ChangeInfoCodec.encode(call.writer(), result.directory());
    requested.encode(call.writer());
    call.currentFileHandle(result.attributes().handle());
    call.done(Nfs4Status.OK);
  }
}
