package io.segue.deploy.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Serves the page on loopback, for reading only. */
public final class PageServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          2,
          work -> {
            Thread thread = new Thread(work, "page");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Starts serving.
   *
   * @param port 0 for a free one
   * @throws IOException if the port is taken
   */
  public PageServer(int port, PageState state) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      server = HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new IOException(
          "page cannot listen on port %d: %s; give another --port or 0 for a free one"
              .formatted(port, e.getMessage()),
          e);
    }
    byte[] page = page();
    server.createContext("/", exchange -> servePage(exchange, page));
    server.createContext(
        "/state.json",
        exchange ->
            send(exchange, 200, "application/json", JSON.writeValueAsBytes(state.summary())));
    server.createContext("/frame/", exchange -> servePicture(exchange, state::frame));
    server.createContext("/mask/", exchange -> servePicture(exchange, state::mask));
    server.setExecutor(threads);
    server.start();
  }

  /** Where a browser finds the page. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static byte[] page() throws IOException {
    try (InputStream in = PageServer.class.getResourceAsStream("page.html")) {
      if (in == null) {
        throw new IOException("page.html is missing from the class path");
      }
      return in.readAllBytes();
    }
  }

  private static void servePage(HttpExchange exchange, byte[] page) throws IOException {
    if (exchange.getRequestURI().getPath().equals("/")) {
      send(exchange, 200, "text/html; charset=utf-8", page);
    } else {
      notFound(exchange);
    }
  }

  private static void servePicture(
      HttpExchange exchange, Function<String, Optional<PageState.Picture>> pictures)
      throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    String stream =
        URLDecoder.decode(
            path.substring(exchange.getHttpContext().getPath().length()), StandardCharsets.UTF_8);
    Optional<PageState.Picture> picture = pictures.apply(stream);
    if (picture.isPresent()) {
      send(exchange, 200, picture.get().type(), picture.get().bytes());
    } else {
      notFound(exchange);
    }
  }

  private static void notFound(HttpExchange exchange) throws IOException {
    send(exchange, 404, "text/plain", "not found".getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
