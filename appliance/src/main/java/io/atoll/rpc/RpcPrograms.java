package io.atoll.rpc;

import java.util.List;

/** Has programs serve the calls that came for them. Confined to the home loop. */
final class RpcPrograms {
  private final List<RpcProgram> programs;
  private final RateLimitedLog strangers;
  private final RateLimitedLog failures;

  /**
   * @param strangers told of records that make no sense
   * @param failures told of defects
   */
  RpcPrograms(List<RpcProgram> programs, RateLimitedLog strangers, RateLimitedLog failures) {
    this.programs = List.copyOf(programs);
    this.strangers = strangers;
    this.failures = failures;
  }

  /** Serves {@code call} by the program that it was handed to. */
  void serve(RpcCall call) {
    RpcProgram program = call.program();
    try {
      program.call(call);
    } catch (Throwable e) {
      failures.error(
          "program " + program.number() + " failed in a call from " + call.connection().remote(),
          e);
      if (call.isActive()) {
        call.refuse(AcceptStatus.SYSTEM_ERR);
      }
    }
  }

  /** An answer came to no call of ours. */
  void isStrange(String remote) {
    strangers.warn("dropped an answer to a call that was not made", remote);
  }

  /** Lets the programs look after their calls. */
  void tick() {
    for (RpcProgram program : programs) {
      try {
        program.tick();
      } catch (RuntimeException e) {
        failures.error("program " + program.number() + " failed to look after its calls", e);
      }
    }
  }
}
