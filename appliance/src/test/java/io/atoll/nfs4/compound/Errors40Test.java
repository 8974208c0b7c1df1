package io.atoll.nfs4.compound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FsStatus;
import io.atoll.nfs4.op.OpSpecs40;
import io.atoll.nfs4.wire.FsStatusMapping;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class Errors40Test {
  private static Iterable<Operation> operations() {
    return () ->
        Arrays.stream(Operation.values())
            .filter(operation -> operation.number() <= OpSpecs40.GREATEST_NUMBER)
            .iterator();
  }

  @Test
  void noErrorOfLaterMinorVersionsIsToldOfAFile() {
    for (Operation operation : operations()) {
      for (FsStatus status : FsStatus.values()) {
        if (status != FsStatus.FENCED) {
          Nfs4Status told = Errors40.of(operation, FsStatusMapping.of(status));
          assertTrue(told.code() <= Nfs4Status.CB_PATH_DOWN.code(), operation + " told " + told);
        }
      }
    }
  }

  @Test
  void noErrorOfSessionsIsTold() {
    for (Operation operation : operations()) {
      assertEquals(Nfs4Status.EXPIRED, Errors40.of(operation, Nfs4Status.DEADSESSION));
      assertEquals(Nfs4Status.RESOURCE, Errors40.of(operation, Nfs4Status.REP_TOO_BIG));
    }
  }

  @Test
  void whatCannotBeOpenedIsToldAsALink() {
    assertEquals(Nfs4Status.SYMLINK, Errors40.of(Operation.OPEN, Nfs4Status.WRONG_TYPE));
    assertEquals(Nfs4Status.INVAL, Errors40.of(Operation.READ, Nfs4Status.WRONG_TYPE));
    assertEquals(Nfs4Status.NOTDIR, Errors40.of(Operation.REMOVE, Nfs4Status.SYMLINK));
  }

  @Test
  void restoreWithoutSaveHasAnErrorOfItsOwn() {
    assertEquals(Nfs4Status.RESTOREFH, Errors40.of(Operation.RESTOREFH, Nfs4Status.NOFILEHANDLE));
    assertEquals(Nfs4Status.NOFILEHANDLE, Errors40.of(Operation.READ, Nfs4Status.NOFILEHANDLE));
  }
}
