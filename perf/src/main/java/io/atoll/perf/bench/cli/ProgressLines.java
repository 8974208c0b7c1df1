package io.atoll.perf.bench.cli;

import io.atoll.perf.bench.run.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows progress on a terminal in one line that changes, elsewhere in lines now and then. */
final class ProgressLines implements Progress {
  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final double MIB = 1 << 20;
  private static final double SECONDS_BETWEEN_LINES = 10;

  private final PrintWriter out;
  private final boolean terminal;
  private String step = "";
  private double shownSeconds;

  ProgressLines(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void step(String what) {
    step = what;
    shownSeconds = 0;
    if (terminal) {
      replace(what);
    }
  }

  @Override
  public void running(double seconds, double ofSeconds, long operations, long bytes) {
    if (!terminal && seconds - shownSeconds < SECONDS_BETWEEN_LINES) {
      return;
    }
    shownSeconds = seconds;
    String line =
        String.format(
            Locale.ROOT,
            "%s, %.0f of %.0f s, %d operations, %.0f MiB",
            step,
            seconds,
            ofSeconds,
            operations,
            bytes / MIB);
    if (terminal) {
      replace(line);
    } else {
      out.println(line);
      out.flush();
    }
  }

  @Override
  public void note(String text) {
    clear();
    out.println("atoll bench: " + text);
    out.flush();
  }

  /** Takes the line away that changes. */
  void clear() {
    if (terminal) {
      out.print(CLEAR_LINE);
      out.flush();
    }
  }

  private void replace(String line) {
    out.print(CLEAR_LINE + line);
    out.flush();
  }
}
