package io.segue.deploy.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PageServerTest {
  private static final PageState STATE =
      new PageState() {
        @Override
        public List<String> streams() {
          return List.of("cam 1");
        }

        @Override
        public Optional<Picture> frame(String stream) {
          return stream.equals("cam 1")
              ? Optional.of(new Picture("image/jpeg", new byte[] {1, 2}))
              : Optional.empty();
        }

        @Override
        public Optional<Picture> mask(String stream) {
          return Optional.empty();
        }

        @Override
        public Map<String, ?> summary() {
          return Map.of("line", "all well");
        }
      };

  private final HttpClient client = HttpClient.newHttpClient();
  private PageServer server;

  @BeforeEach
  void start() throws IOException {
    server = new PageServer(0, STATE);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void servesThePageAndTheState() throws Exception {
    assertThat(get("").body()).contains("<title>Segue</title>");
    assertThat(get("state.json").body()).isEqualTo("{\"line\":\"all well\"}");
  }

  @Test
  void servesThePictureOfAStream() throws Exception {
    HttpResponse<String> frame = get("frame/cam%201?7");

    assertThat(frame.statusCode()).isEqualTo(200);
    assertThat(frame.headers().firstValue("Content-Type")).hasValue("image/jpeg");
  }

  @Test
  void findsNothingElse() throws Exception {
    assertThat(get("mask/cam%201").statusCode()).isEqualTo(404);
    assertThat(get("frame/other").statusCode()).isEqualTo(404);
    assertThat(get("etc/passwd").statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create(server.url() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
