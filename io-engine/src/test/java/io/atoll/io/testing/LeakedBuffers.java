package io.atoll.io.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which Netty's leak detector finds buffers that nobody released and
 * nobody has any more. In force for all tests; how many buffers the detector follows says {@code
 * io.netty.leakDetection.level}.
 *
 * <p>What lies in a static field or in another test's hands is no leak yet. So a leak may be told
 * only after a later class; the places that the report names say whose it is.
 */
public final class LeakedBuffers implements AfterAllCallback {

  private static final long COLLECTION_SECONDS_MOST = 30;

  private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();
  private static final Queue<Detector<?>> DETECTORS = new ConcurrentLinkedQueue<>();

  /** Of all detectors. */
  private static final AtomicLong FOLLOWED = new AtomicLong();

  /** {@link #FOLLOWED} when leaks were last looked for. */
  private static long followedBefore;

  static {
    // Before the first buffer: Netty's classes ask for their detector once.
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Detectors());
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    List<String> reports = find();
    if (!reports.isEmpty()) {
      throw new AssertionError(
          reports.size()
              + " kinds of buffers were not released; each with the places that used one, the last"
              + " first:\n"
              + String.join("\n", reports));
    }
  }

  /**
   * Looks for leaks, and forgets them: each is told once.
   *
   * @return Netty's reports, one for each way that a buffer went
   */
  static synchronized List<String> find() throws InterruptedException {
    if (FOLLOWED.get() != followedBefore) {
      collectGarbage();
      DETECTORS.forEach(Detector::look);
      followedBefore = FOLLOWED.get();
    }
    List<String> found = List.copyOf(REPORTS);
    REPORTS.removeAll(found);
    return found;
  }

  /**
   * Returns when whatever was garbage before is known as such. What one collection finds is handed
   * on in no order, but before what the next one finds.
   */
  private static void collectGarbage() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      ReferenceQueue<Object> found = new ReferenceQueue<>();
      WeakReference<Object> garbage = new WeakReference<>(new Object(), found);
      try {
        System.gc();
        if (found.remove(TimeUnit.SECONDS.toMillis(COLLECTION_SECONDS_MOST)) == null) {
          throw new AssertionError("the JVM collects no garbage");
        }
      } finally {
        Reference.reachabilityFence(garbage);
      }
    }
  }

  /** Makes what Netty follows buffers with. */
  private static final class Detectors extends ResourceLeakDetectorFactory {
    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      Detector<T> detector = new Detector<>(resource, samplingInterval);
      DETECTORS.add(detector);
      return detector;
    }

    @Override
    @SuppressWarnings("deprecation")
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return newResourceLeakDetector(resource, samplingInterval);
    }
  }

  /** Netty's own, but what it reports is kept. */
  private static final class Detector<T> extends ResourceLeakDetector<T> {
    private final Class<T> resource;

    Detector(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
      this.resource = resource;
    }

    @Override
    public ResourceLeakTracker<T> track(T followed) {
      FOLLOWED.incrementAndGet();
      return super.track(followed);
    }

    /** It looks at what was collected only when it is given something new to follow. */
    @SuppressWarnings("unchecked")
    void look() {
      T nothing = (T) new Object();
      ResourceLeakTracker<T> tracker = trackForcibly(nothing);
      tracker.close(nothing);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String type, String records) {
      REPORTS.add(resource.getName() + records);
    }

    @Override
    protected void reportUntracedLeak(String type) {
      REPORTS.add(resource.getName());
    }
  }
}
