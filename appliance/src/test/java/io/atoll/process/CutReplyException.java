package io.atoll.process;

import java.io.IOException;
import java.io.Serial;

/** The server ended a connection in the midst of a reply, which no order of ending allows. */
public final class CutReplyException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  CutReplyException(String message, Throwable cause) {
    super(message, cause);
  }
}
