package io.atoll.perf.bench.fake;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Files and directories in memory, by number. Thread-safe. */
final class FakeFiles {
  static final long ROOT = 1;

  private final Map<Long, Node> nodes = new ConcurrentHashMap<>();
  private final AtomicLong lastNumber = new AtomicLong(ROOT);

  FakeFiles() {
    nodes.put(ROOT, new Node(ROOT, true));
  }

  static final class Node {
    final long number;
    final boolean directory;
    final Map<String, Node> children = new ConcurrentSkipListMap<>();
    private byte[] data = new byte[0];
    private byte[] durable = data;

    private Node(long number, boolean directory) {
      this.number = number;
      this.directory = directory;
    }

    synchronized byte[] read(long offset, int count) {
      if (offset >= data.length) {
        return new byte[0];
      }
      return Arrays.copyOfRange(data, (int) offset, (int) Math.min(data.length, offset + count));
    }

    synchronized void write(long offset, byte[] bytes) {
      int end = (int) offset + bytes.length;
      if (end > data.length) {
        data = Arrays.copyOf(data, end);
      }
      System.arraycopy(bytes, 0, data, (int) offset, bytes.length);
    }

    synchronized void commit() {
      durable = data.clone();
    }

    synchronized void lose() {
      data = durable.clone();
    }

    synchronized long size() {
      return data.length;
    }
  }

  Node node(long number) {
    return nodes.get(number);
  }

  Node make(Node parent, String name, boolean directory) {
    Node made = new Node(lastNumber.incrementAndGet(), directory);
    nodes.put(made.number, made);
    parent.children.put(name, made);
    return made;
  }

  void remove(Node parent, String name) {
    nodes.remove(parent.children.remove(name).number);
  }

  /** Takes away what is not durable of all files. */
  void lose() {
    nodes.values().forEach(Node::lose);
  }

  /** How many there are besides the root. */
  int count() {
    return nodes.size() - 1;
  }
}
