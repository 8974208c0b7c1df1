package io.atoll.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The system calls of one thread, seen from outside by {@code strace}, from {@link #of} to {@link
 * #end}. What the thread was waiting in when the trace began counts too.
 */
public final class SystemCallTrace implements AutoCloseable {
  private static final String PROGRAM = "strace";
  private static final int END_SECONDS_MOST = 30;
  private static final Pattern CALL = Pattern.compile("^(\\w+)\\(");

  /** A class's file or an archive, by its path or by a descriptor of it. */
  private static final Pattern OF_A_CLASS = Pattern.compile("\\.(class|jar|jsa)[\">]");

  private final Process strace;
  private final Path lines;

  private SystemCallTrace(Process strace, Path lines) {
    this.strace = strace;
    this.lines = lines;
  }

  /** Whether {@code strace} is installed and may attach itself to our children. */
  public static boolean isAvailable() {
    try {
      Process version = new ProcessBuilder(PROGRAM, "-V").redirectErrorStream(true).start();
      version.getInputStream().readAllBytes();
      return version.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A command to put before another, which then runs with a system call that always fails. */
  public static List<String> failing(String call, String error) {
    String injection = "inject=" + call + ":error=" + error;
    return List.of(
        PROGRAM, "-f", "-qqq", "-e", "trace=" + call, "-e", injection, "-o", "/dev/null");
  }

  /**
   * Begins to trace.
   *
   * @param threadId as Linux numbers it; see {@link #threadOf}
   * @param lines where the calls are written, one a line
   */
  public static SystemCallTrace of(long threadId, Path lines) throws IOException {
    Process strace =
        new ProcessBuilder(PROGRAM, "-y", "-p", Long.toString(threadId), "-o", lines.toString())
            .start();
    BufferedReader messages = strace.errorReader(UTF_8);
    String first = messages.readLine();
    if (first == null || !first.endsWith("attached")) {
      strace.destroyForcibly();
      throw new AssertionError("strace can't trace thread " + threadId + ": " + first);
    }
    return new SystemCallTrace(strace, lines);
  }

  /**
   * The thread of a process that was started first of those whose name begins so; Linux keeps 15
   * characters of names. Those that it starts may bear its name, too, until they have their own.
   */
  public static long threadOf(long pid, String name) throws IOException {
    return threadsOf(pid, name).stream()
        .mapToLong(thread -> Long.parseLong(thread.getFileName().toString()))
        .min()
        .orElseThrow(() -> new AssertionError("no thread of " + pid + " is named " + name));
  }

  private static List<Path> threadsOf(long pid, String name) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      return threads.filter(thread -> nameOf(thread).startsWith(name)).toList();
    }
  }

  private static String nameOf(Path thread) {
    try {
      return Files.readString(thread.resolve("comm"));
    } catch (IOException e) {
      return ""; // It has ended.
    }
  }

  /**
   * Ends the trace: how often each system call was made, by name. Those on the files of classes are
   * left out: the JVM loads a class on the thread that is the first to meet it.
   */
  public Map<String, Integer> end() throws IOException, InterruptedException {
    strace.destroy();
    if (!strace.waitFor(END_SECONDS_MOST, TimeUnit.SECONDS)) {
      throw new AssertionError("strace does not end");
    }
    Map<String, Integer> counts = new TreeMap<>();
    for (String line : Files.readAllLines(lines, UTF_8)) {
      Matcher call = CALL.matcher(line);
      if (call.find() && !OF_A_CLASS.matcher(line).find()) {
        counts.merge(call.group(1), 1, Integer::sum);
      }
    }
    return counts;
  }

  /** The lines of some system calls, once the trace has ended; to be shown. */
  public static String linesOf(Path lines, Set<String> calls) throws IOException {
    try (Stream<String> all = Files.lines(lines, UTF_8)) {
      return all.filter(line -> calls.stream().anyMatch(call -> line.startsWith(call + "(")))
          .collect(Collectors.joining("\n"));
    }
  }

  @Override
  public void close() {
    strace.destroyForcibly();
  }
}
