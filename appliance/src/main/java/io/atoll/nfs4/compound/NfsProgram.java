package io.atoll.nfs4.compound;

import io.atoll.fs.Principal;
import io.atoll.nfs4.op.Export;
import io.atoll.nfs4.op.View;
import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.rpc.RateLimitedLog;
import io.atoll.rpc.RpcCall;
import io.atoll.rpc.RpcCredential;
import io.atoll.rpc.RpcProgram;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NFS version 4 as an RPC program for one export. Confined to the home loop. */
public final class NfsProgram implements RpcProgram {
  private static final Logger LOG = LoggerFactory.getLogger(NfsProgram.class);

  /** Compounds that are kept for reuse. */
  private static final int MAX_IDLE_COMPOUNDS = 1024;

  /** A compound that runs for longer is reported: longer than any disk or lock should take. */
  private static final long OVERDUE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A power of two. */
  private static final int PRINCIPAL_CACHE_ENTRIES = 64;

  private final Export export;

  /** By their minor versions. */
  private final OpTable[] tables;

  private final RecentCalls recentCalls = new RecentCalls();
  private final int maxReplyBytes;
  private final RequestMeter meter;
  private final RateLimitedLog slow;
  private final RateLimitedLog failures;
  private final RateLimitedLog withheld;
  private final RateLimitedLog overdue;
  private final LongSupplier monotonicNanos;
  private final ArrayDeque<Compound> idle = new ArrayDeque<>();

  /** Those that there are, whether they run or are kept for reuse. */
  private final Set<Compound> compounds = new LinkedHashSet<>();

  private final RpcCredential[] credentials = new RpcCredential[PRINCIPAL_CACHE_ENTRIES];
  private final Principal[] principals = new Principal[PRINCIPAL_CACHE_ENTRIES];

  /** As the other, where nothing is throttled and nobody looks at figures. */
  public NfsProgram(
      Export export, List<OpTable> tables, int maxReplyBytes, LongSupplier monotonicNanos) {
    this(export, tables, maxReplyBytes, monotonicNanos, RequestMeter.unlimited());
  }

  /**
   * @param tables of the minor versions that are served, from 0 on
   * @param maxReplyBytes the longest reply, within or without a session
   * @param monotonicNanos the loop's clock
   * @param meter what requests are held against, and recorded in
   */
  public NfsProgram(
      Export export,
      List<OpTable> tables,
      int maxReplyBytes,
      LongSupplier monotonicNanos,
      RequestMeter meter) {
    this.meter = meter;
    this.slow = new RateLimitedLog(LOG, monotonicNanos);
    this.export = export;
    this.tables = tables.toArray(OpTable[]::new);
    this.maxReplyBytes = maxReplyBytes;
    this.monotonicNanos = monotonicNanos;
    this.overdue = new RateLimitedLog(LOG, monotonicNanos);
    this.failures = new RateLimitedLog(LOG, monotonicNanos);
    this.withheld = new RateLimitedLog(LOG, monotonicNanos);
  }

  @Override
  public int number() {
    return Nfs4Program.NUMBER;
  }

  @Override
  public int version() {
    return Nfs4Program.VERSION;
  }

  @Override
  public int highestProcedure() {
    return Nfs4Program.COMPOUND;
  }

  @Override
  public void call(RpcCall call) {
    View root = export.rootView(call.connection());
    if (root == null) {
      withheld.warn("cut a connection whose access point is gone", call.connection().remote());
      call.connection().close();
      call.drop();
      return;
    }
    Compound compound = idle.poll();
    if (compound == null) {
      compound = new Compound(this);
      compounds.add(compound);
    }
    compound.run(call, export, root, principalOf(call.credential()));
  }

  void finished(Compound compound) {
    if (compound.isReusable() && idle.size() < MAX_IDLE_COMPOUNDS) {
      idle.push(compound);
    } else {
      compounds.remove(compound);
    }
  }

  @Override
  public void tick() {
    long now = monotonicNanos.getAsLong();
    for (Compound compound : compounds) {
      compound.reportIfOlder(now, OVERDUE_NANOS);
    }
  }

  long monotonicNanos() {
    return monotonicNanos.getAsLong();
  }

  RequestMeter meter() {
    return meter;
  }

  RateLimitedLog slow() {
    return slow;
  }

  RateLimitedLog overdue() {
    return overdue;
  }

  /** What makes {@code minorVersion}, or null if it is not served. */
  OpTable table(int minorVersion) {
    return minorVersion >= 0 && minorVersion < tables.length ? tables[minorVersion] : null;
  }

  RecentCalls recentCalls() {
    return recentCalls;
  }

  int maxReplyBytes() {
    return maxReplyBytes;
  }

  RateLimitedLog failures() {
    return failures;
  }

  RateLimitedLog withheld() {
    return withheld;
  }

  @SuppressWarnings("ReferenceEquality") // The same bytes are the same object, mostly: enough here.
  private Principal principalOf(RpcCredential credential) {
    int entry = System.identityHashCode(credential) & (PRINCIPAL_CACHE_ENTRIES - 1);
    if (credentials[entry] != credential) {
      credentials[entry] = credential;
      principals[entry] = export.identity().of(credential);
    }
    return principals[entry];
  }
}
