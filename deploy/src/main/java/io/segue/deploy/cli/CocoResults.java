package io.segue.deploy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segue.connectors.image.CocoRuns;
import io.segue.connectors.image.DecodedMask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A file of segmentations in COCO's result format.
 *
 * @see <a href="https://cocodataset.org/#format-results">COCO, results format</a>
 */
final class CocoResults implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final SequenceWriter results;

  private CocoResults(SequenceWriter results) {
    this.results = results;
  }

  /** Results that are written to a file, over what it held. */
  static CocoResults to(Path file) throws IOException {
    return new CocoResults(MAPPER.writer().writeValuesAsArray(file.toFile()));
  }

  /** Adds one result for each class that is in a mask. */
  void add(String image, DecodedMask mask) throws IOException {
    for (Map.Entry<Integer, String> entry : CocoRuns.encode(mask).entrySet()) {
      ObjectNode result = MAPPER.createObjectNode();
      result.put("image_id", image).put("category_id", entry.getKey());
      ObjectNode segmentation = result.putObject("segmentation");
      segmentation.putArray("size").add(mask.height()).add(mask.width());
      segmentation.put("counts", entry.getValue());
      results.write(result);
    }
  }

  @Override
  public void close() throws IOException {
    results.close();
  }
}
