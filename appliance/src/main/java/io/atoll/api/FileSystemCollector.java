package io.atoll.api;

import io.atoll.figures.FileSystemSample;
import io.atoll.figures.FileSystemWatch;
import io.atoll.figures.LatencyHistogram;
import io.atoll.figures.RequestFigures;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The metrics of all file systems that are served, as Prometheus has them: docs/metrics.md lists
 * them. EFS's have its names in Prometheus's spelling, its units, and the label {@code
 * file_system}.
 */
public final class FileSystemCollector implements MultiCollector {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<Collection<FileSystemWatch>> served;
  private final IntFunction<String> operations;

  /**
   * @param served those that are served or down for now; asked by any thread
   * @param operations the name of the NFS operation of a number, or null
   */
  public FileSystemCollector(
      Supplier<Collection<FileSystemWatch>> served, IntFunction<String> operations) {
    this.served = served;
    this.operations = operations;
  }

  @Override
  public MetricSnapshots collect() {
    FileSystemMetrics metrics = new FileSystemMetrics();
    for (FileSystemWatch each : served.get()) {
      String id = each.id();
      metrics.gauge(
          "atoll_file_system_up", "Whether clients can reach it", id, each.isUp() ? 1 : 0);
      metrics.counter("atoll_fencings", "Times that it was fenced", id, each.fencings());
      requests(metrics, id, each.requests());
      FileSystemSample sample = each.sample();
      if (sample != null) {
        throughput(metrics, id, sample.throughput());
        traffic(metrics, id, sample.traffic());
        clients(metrics, id, sample.clients());
        store(metrics, id, sample.store());
        sample.loops().forEach(loop -> loop(metrics, id, loop));
      }
    }
    return metrics.snapshots();
  }

  private void requests(FileSystemMetrics to, String id, RequestFigures from) {
    for (int number = 0; number < RequestFigures.OPERATIONS; number++) {
      LatencyHistogram histogram = from.operation(number);
      if (histogram.count() > 0) {
        to.histogram(
            "atoll_nfs_operation_duration_seconds",
            "How long NFS operations take, their turn and the log not awaited",
            id,
            operations.apply(number),
            histogram);
      }
    }
    to.histogram(
        "atoll_admission_wait_seconds",
        "How long requests waited that had to await their turn",
        id,
        null,
        from.admissionWait());
    to.histogram(
        "atoll_durability_wait_seconds",
        "How long replies waited that had to await the log",
        id,
        null,
        from.durabilityWait());
    to.counter("atoll_slow_requests", "Requests that took over a second", id, from.slowRequests());
  }

  private static void throughput(
      FileSystemMetrics to, String id, FileSystemSample.Throughput from) {
    to.gauge("atoll_burst_credit_balance_bytes", "BurstCreditBalance", id, from.creditBytes());
    to.gauge(
        "atoll_permitted_throughput_bytes_per_second",
        "PermittedThroughput",
        id,
        from.permittedBytesPerSecond());
    to.gauge(
        "atoll_used_throughput_bytes_per_second",
        "What was admitted a second, of the last ten",
        id,
        from.usedBytesPerSecond());
    long seconds = from.secondsUntilCreditsRunOut();
    to.gauge(
        "atoll_credits_run_out_seconds",
        "When burst credits run out at the present rate",
        id,
        seconds == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : (double) seconds);
    to.gauge("atoll_storage_bytes", "StorageBytes", id, from.meteredBytes());
    to.gauge("atoll_admission_queue_requests", "Await their turn", id, from.queuedRequests());
    to.counter("atoll_admission_queued_requests", "Had to await their turn", id, from.queuedEver());
    to.counter("atoll_admission_refused_requests", "Found the queue full", id, from.refusedEver());
  }

  private static void traffic(FileSystemMetrics to, String id, FileSystemSample.Traffic from) {
    long requests = from.reads() + from.writes() + from.metadataRequests();
    to.counter("atoll_data_read_io_bytes", "DataReadIOBytes", id, from.readBytes());
    to.counter("atoll_data_read_io_requests", "Their SampleCount", id, from.reads());
    to.counter("atoll_data_write_io_bytes", "DataWriteIOBytes", id, from.writtenBytes());
    to.counter("atoll_data_write_io_requests", "Their SampleCount", id, from.writes());
    to.counter("atoll_metadata_io_bytes", "MetadataIOBytes", id, from.metadataBytes());
    to.counter("atoll_metadata_io_requests", "Their SampleCount", id, from.metadataRequests());
    to.counter("atoll_total_io_bytes", "TotalIOBytes", id, from.totalBytes());
    to.counter("atoll_total_io_requests", "Their SampleCount", id, requests);
    to.counter("atoll_metered_io_bytes", "MeteredIOBytes", id, from.meteredBytes());
  }

  private static void clients(FileSystemMetrics to, String id, FileSystemSample.Clients from) {
    to.gauge("atoll_client_connections", "ClientConnections", id, from.connections());
    to.gauge("atoll_leases", "Clients that have one, courtesy included", id, from.leases());
    to.gauge("atoll_sessions", "Sessions of NFS 4.1", id, from.sessions());
    to.gauge("atoll_opens", "Open files of clients", id, from.opens());
    to.gauge("atoll_stateids", "Open and lock stateids", id, from.stateids());
    to.gauge("atoll_in_grace", "Whether clients may reclaim", id, from.inGrace() ? 1 : 0);
  }

  private static void loop(FileSystemMetrics to, String id, FileSystemSample.LoopWork from) {
    int loop = from.loop();
    to.gauge("atoll_loop_connections", "With their sockets there", id, loop, from.connections());
    to.counter("atoll_loop_requests", "That sockets there received", id, loop, from.requests());
    to.counter("atoll_loop_data_reads", "Disk reads of content", id, loop, from.dataReads());
    to.counter("atoll_loop_data_writes", "Disk writes of content", id, loop, from.dataWrites());
  }

  private static void store(FileSystemMetrics to, String id, FileSystemSample.Store from) {
    to.summary(
        "atoll_log_commit_duration_seconds",
        "How long commit groups took to become durable",
        id,
        from.commitGroups(),
        from.commitNanos() / NANOS_PER_SECOND);
    to.counter("atoll_index_batches", "Batches of changes that it took", id, from.indexBatches());
    long asked = from.cacheBlocksFound() + from.cacheBlocksMissed();
    to.counter(
        "atoll_cache_blocks_found", "Blocks read from the cache", id, from.cacheBlocksFound());
    to.counter("atoll_cache_blocks_missed", "Blocks read from disk", id, from.cacheBlocksMissed());
    to.gauge(
        "atoll_cache_hit_ratio",
        "Share of the blocks read that the cache had",
        id,
        asked == 0 ? 0 : (double) from.cacheBlocksFound() / asked);
    to.gauge("atoll_buffers_in_use_bytes", "Of the data buffers", id, from.bufferBytesInUse());
    to.gauge("atoll_ring_depth_operations", "The disk has at the moment", id, from.ringDepth());
    to.counter("atoll_scrubbed_bytes", "Compared with their checksums", id, from.scrubbedBytes());
    to.counter(
        "atoll_scrub_damaged_blocks", "Did not match, or unreadable", id, from.damagedBlocks());
  }
}
