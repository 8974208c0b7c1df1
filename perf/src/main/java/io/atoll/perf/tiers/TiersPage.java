package io.atoll.perf.tiers;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A page with a chart for each mode, in one file that needs no network. */
final class TiersPage {
  private static final String PAGE = "tiers.html";
  private static final String CHARTS =
      "META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  private TiersPage() {}

  static String of(List<Tier> tiers) throws IOException {
    // In a script, "</" could end it whatever it stands in.
    String data = new ObjectMapper().writeValueAsString(tiers).replace("</", "<\\/");
    return resource(TiersPage.class.getResourceAsStream(PAGE), PAGE)
        .replace(
            "/*CHARTS*/",
            resource(TiersPage.class.getClassLoader().getResourceAsStream(CHARTS), CHARTS)
                .replace("</script", "<\\/script"))
        .replace("/*DATA*/", data);
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
