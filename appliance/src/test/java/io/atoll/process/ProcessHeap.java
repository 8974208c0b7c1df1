package io.atoll.process;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What the threads of another JVM have allocated on its heap since they began, as that JVM counts
 * it itself, to the byte.
 */
public final class ProcessHeap implements AutoCloseable {
  private static final String EVENT_LOOP = "vert.x-eventloop";

  /** The prefixes of threads that are there because we ask. */
  private static final String[] OF_THE_QUESTION = {"RMI ", "JMX ", "Attach ", "ClassLoader"};

  private final JMXConnector connector;
  private final ThreadMXBean threads;

  private ProcessHeap(JMXConnector connector) throws IOException {
    this.connector = connector;
    threads =
        ManagementFactory.getPlatformMXBean(
            connector.getMBeanServerConnection(), ThreadMXBean.class);
  }

  /** Attaches to the JVM of a process of this user. */
  @SuppressWarnings("BanJNDI") // Nothing is looked up: the JVM itself says where it listens.
  public static ProcessHeap of(long pid) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      String address = machine.startLocalManagementAgent();
      machine.detach();
      return new ProcessHeap(JMXConnectorFactory.connect(new JMXServiceURL(address)));
    } catch (AttachNotSupportedException e) {
      throw new IOException("process " + pid + " can't be attached to", e);
    }
  }

  /** What has been allocated so far. */
  public Allocated allocated() {
    long loopBytes = 0;
    long otherBytes = 0;
    long[] ids = threads.getAllThreadIds();
    ThreadInfo[] infos = threads.getThreadInfo(ids);
    long[] bytes = threads.getThreadAllocatedBytes(ids);
    for (int i = 0; i < ids.length; i++) {
      String name = infos[i] == null ? "" : infos[i].getThreadName();
      if (name.startsWith(EVENT_LOOP)) {
        loopBytes += bytes[i];
      } else if (!name.isEmpty() && !isOfTheQuestion(name)) {
        otherBytes += bytes[i];
      }
    }
    return new Allocated(loopBytes, otherBytes);
  }

  private static boolean isOfTheQuestion(String name) {
    for (String prefix : OF_THE_QUESTION) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Heap bytes.
   *
   * @param loopBytes by the event loops
   * @param otherBytes by all other threads, such as those that work for the index; what RocksDB's
   *     own threads take is no heap
   */
  public record Allocated(long loopBytes, long otherBytes) {
    /** What was allocated since {@code before}. */
    public Allocated since(Allocated before) {
      return new Allocated(loopBytes - before.loopBytes, otherBytes - before.otherBytes);
    }
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
