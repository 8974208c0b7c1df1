package io.atoll.io.volume;

import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume.StatusCallback;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The end of a volume, step by step: what is under way ends; unless the volume is fenced,
 * everything appended becomes durable, is applied and flushed; then the files are closed.
 * Loop-confined.
 */
final class VolumeClosing {

  private final Loop loop;
  private final CommitPipeline pipeline;
  private final Applier applier;
  private final BooleanSupplier othersBusy;
  private final BooleanSupplier fenced;
  private final Runnable closeFiles;
  private final List<StatusCallback> callbacks = new ArrayList<>();
  private boolean begun;
  private boolean finishing;

  /** Null before the files are closed, or could not be. */
  private VolumeStatus end;

  /**
   * @param othersBusy whether anything but the commits and the index has an operation under way
   * @param closeFiles run when nothing is under way any more
   */
  VolumeClosing(
      Loop loop,
      CommitPipeline pipeline,
      Applier applier,
      BooleanSupplier othersBusy,
      BooleanSupplier fenced,
      Runnable closeFiles) {
    this.loop = loop;
    this.pipeline = pipeline;
    this.applier = applier;
    this.othersBusy = othersBusy;
    this.fenced = fenced;
    this.closeFiles = closeFiles;
  }

  /** Whether it has begun. */
  boolean begun() {
    return begun;
  }

  /** Begins, if it has not begun yet; {@code callback} is told the end. */
  void begin(StatusCallback callback) {
    begun = true;
    if (end == null) {
      callbacks.add(callback);
    } else {
      callback.done(end);
    }
  }

  /** Called whenever something has ended. */
  void next() {
    if (!begun || finishing || operationsUnderWay() || recordsUnderWay()) {
      return;
    }
    finishing = true;
    closeFiles.run();
  }

  /** The files are closed, or could not be. */
  void closed(Throwable failure) {
    VolumeStatus status = fenced.getAsBoolean() ? VolumeStatus.FENCED : VolumeStatus.OK;
    loop.execute(() -> {
      end = failure == null ? status : VolumeStatus.IO_ERROR;
      callbacks.forEach(callback -> callback.done(end));
      callbacks.clear();
    });
  }

  private boolean operationsUnderWay() {
    return pipeline.ioInFlight() || applier.working() || othersBusy.getAsBoolean();
  }

  /** Whether something is still to become durable, applied or flushed; begins what can be. */
  private boolean recordsUnderWay() {
    if (fenced.getAsBoolean()) {
      return false;
    }
    if (!pipeline.idle()) {
      return true;
    }
    applier.applyRest();
    if (applier.idle() && applier.flushWanted()) {
      applier.flush();
    }
    return !applier.idle();
  }
}
