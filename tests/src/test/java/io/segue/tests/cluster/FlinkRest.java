package io.segue.tests.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.apache.flink.api.common.JobID;

/** What a JobManager says of its jobs over REST. */
public final class FlinkRest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI address;
  private final HttpClient http = HttpClient.newHttpClient();

  public FlinkRest(URI address) {
    this.address = address;
  }

  /** The answer to {@code path}. */
  public JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + ": status " + response.statusCode() + ": " + response.body());
    }
    return JSON.readTree(response.body());
  }

  /** Checkpoints of a job by what became of them: completed, failed, restored. */
  public int checkpoints(JobID job, String fate) throws IOException, InterruptedException {
    return get("/jobs/" + job + "/checkpoints").at("/counts/" + fate).asInt();
  }

  /**
   * Records that the vertices whose name contains {@code name} have taken in and not yet given out.
   */
  public long inFlight(JobID job, String name) throws IOException, InterruptedException {
    long inFlight = 0;
    for (JsonNode vertex : get("/jobs/" + job).get("vertices")) {
      if (vertex.get("name").asText().contains(name)) {
        inFlight +=
            vertex.at("/metrics/read-records").asLong()
                - vertex.at("/metrics/write-records").asLong();
      }
    }
    return inFlight;
  }
}
