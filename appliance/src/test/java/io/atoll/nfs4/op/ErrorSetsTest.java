package io.atoll.nfs4.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.TestConnection;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Each operation has a set of errors in each minor version, which all harnesses hold it against.
 */
class ErrorSetsTest {

  @Test
  void eachOperationOfEachMinorVersionHasASet() {
    Set<Operation> all41 = EnumSet.allOf(Operation.class);
    assertEquals(all41, ErrorSets.operations(1));
    Set<Operation> all40 = EnumSet.allOf(Operation.class);
    all40.removeIf(operation -> operation.number() > OpSpecs40.GREATEST_NUMBER);
    assertEquals(all40, ErrorSets.operations(0));
  }

  @Test
  void errorsOfLaterMinorVersionsAreInNoSetOfEarlierOnes() {
    for (Operation operation : ErrorSets.operations(0)) {
      for (Nfs4Status status : Nfs4Status.values()) {
        boolean isLater = status.code() > Nfs4Status.CB_PATH_DOWN.code();
        assertFalse(isLater && ErrorSets.allow(0, operation, status), operation + " " + status);
      }
    }
    for (Operation operation : ErrorSets.operations(1)) {
      for (Nfs4Status gone :
          Set.of(Nfs4Status.RESOURCE, Nfs4Status.STALE_STATEID, Nfs4Status.BAD_SEQID)) {
        assertFalse(ErrorSets.allow(1, operation, gone), operation + " " + gone);
      }
    }
  }

  @Test
  void errorOutsideItsSetFailsTheTestThatSeesIt() {
    StateHarness server = new StateHarness();
    StateHarness.Client client = server.mount("a");
    byte[] call = client.prepare(true, Requests.putRoot(), Requests.lookup("nothing"));
    byte[] reply = client.connection.call(call);
    ErrorSets.check(call, reply);
    int last = reply.length - 1;
    byte[] bent = reply.clone();
    bent[last] = (byte) Nfs4Status.EXIST.code();
    bent[27] = bent[last];
    assertTrue(bent[last] != reply[last]);
    assertThrows(AssertionError.class, () -> ErrorSets.check(call, bent));
  }

  @Test
  void harnessesCheckWhatTheySee() {
    TestConnection connection = new StateHarness().connect();
    assertTrue(connection.isObserved());
  }
}
