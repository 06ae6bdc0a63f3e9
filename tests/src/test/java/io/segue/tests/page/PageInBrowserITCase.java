package io.segue.tests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.image.ImageEncoder;
import io.segue.deploy.page.PageServer;
import io.segue.deploy.page.PageState;
import io.segue.tests.optional.OptionalTool;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a browser makes of the page, scripts and pictures included. */
class PageInBrowserITCase {
  private static final int SIDE = 16;

  /** One stream and two versions, and what the browser asked for. */
  private static final class Shown implements PageState {
    private final byte[] picture =
        ImageEncoder.encodePng(ByteBuffer.allocateDirect(3 * SIDE * SIDE), SIDE, SIDE);
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    @Override
    public List<String> streams() {
      return List.of("gate 1/north");
    }

    @Override
    public Optional<Picture> frame(String stream) {
      asked.add("frame of " + stream);
      return Optional.of(new Picture("image/png", picture));
    }

    @Override
    public Optional<Picture> mask(String stream) {
      asked.add("mask of " + stream);
      return Optional.of(new Picture("image/png", picture));
    }

    @Override
    public Map<String, ?> summary() {
      return Map.of(
          "line", "42 frames, all well",
          "streams", List.of(Map.of("id", "gate 1/north", "version", 2, "ordinal", 7)),
          "versions",
              List.of(
                  Map.of("version", 1, "status", "blessed", "miou", 0.25),
                  Map.of("version", 2, "status", "live", "miou", 0.7345)),
          "events", List.of("version 2 is live <b>"));
    }
  }

  @TempDir private Path folder;

  @Test
  void showsStreamsWithTheirMasksAndVersionsWithTheirMiou() throws Exception {
    Path chromium = OptionalTool.chromium();
    Shown shown = new Shown();
    try (PageServer server = new PageServer(0, shown)) {
      String page = rendered(chromium, server.url());

      assertThat(page)
          .contains("42 frames, all well")
          .contains("<figcaption>gate 1/north, version 2</figcaption>")
          .contains("<td>2</td><td>live</td><td class=\"number\">0.735</td>")
          .contains("<td>1</td><td>blessed</td><td class=\"number\">0.250</td>")
          .contains("version 2 is live &lt;b&gt;");
    }
    assertThat(shown.asked)
        .containsExactlyInAnyOrder("frame of gate 1/north", "mask of gate 1/north");
  }

  /** The document after its scripts have run for a while. */
  private String rendered(Path chromium, String url) throws Exception {
    Path document = folder.resolve("document.html");
    Process browser =
        new ProcessBuilder(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
                "--user-data-dir=" + folder.resolve("profile"),
                "--virtual-time-budget=5000",
                "--dump-dom",
                url)
            .redirectOutput(document.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(browser.waitFor(1, TimeUnit.MINUTES)).as("the browser has ended").isTrue();
    } finally {
      browser.destroyForcibly().waitFor();
    }
    return Files.readString(document);
  }
}
