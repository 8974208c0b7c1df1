package io.atoll.perf.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes reports to files.
 *
 * @param json null for none
 * @param html null for none
 */
public record ReportFiles(Path json, Path html) {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String PAGE = "page.html";
  private static final String CHARTS =
      "META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";
  private static final String CHARTS_PLACE = "/*CHARTS*/";
  private static final String DATA_PLACE = "/*DATA*/";

  /**
   * Finds out before a long run whether its figures could be written after it.
   *
   * @throws IOException if not; the message names the file
   */
  public void requireWritable() throws IOException {
    for (Path file : new Path[] {json, html}) {
      if (file != null && !Files.exists(file)) {
        try {
          Files.createFile(file);
          Files.delete(file);
        } catch (IOException e) {
          throw new IOException(
              file + " can't be made (" + e.getClass().getSimpleName() + "): name another file", e);
        }
      } else if (file != null && (!Files.isRegularFile(file) || !Files.isWritable(file))) {
        throw new IOException(file + " can't be written: name another file");
      }
    }
  }

  /** Writes what is wanted. */
  public void write(Report report) throws IOException {
    if (json != null) {
      MAPPER.writeValue(json.toFile(), report);
    }
    if (html != null) {
      Files.writeString(html, page(report));
    }
  }

  /** The page with charts, with all that it needs in it. */
  static String page(Report report) throws IOException {
    // In a script, "</" could end it whatever it stands in.
    String data = MAPPER.writeValueAsString(report).replace("</", "<\\/");
    return resource(ReportFiles.class.getResourceAsStream(PAGE), PAGE)
        .replace(
            CHARTS_PLACE,
            resource(ReportFiles.class.getClassLoader().getResourceAsStream(CHARTS), CHARTS)
                .replace("</script", "<\\/script"))
        .replace(DATA_PLACE, data);
  }

  private static String resource(InputStream found, String name) throws IOException {
    if (found == null) {
      throw new IllegalStateException("the resource " + name + " is not on the class path");
    }
    try (InputStream in = found) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
