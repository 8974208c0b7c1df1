package io.atoll.ondisk;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What a package logs until this is closed; of any thread. */
public final class LoggedLines implements AutoCloseable {
  /** Held, since loggers that nobody holds forget their handlers. */
  private final Logger logger;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord event) {
          lines.add(new SimpleFormatter().formatMessage(event));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  public LoggedLines(String packageName) {
    logger = Logger.getLogger(packageName);
    logger.addHandler(handler);
  }

  /** Live. */
  public List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
  }
}
