package io.segue.deploy.demo.footage;

import io.segue.connectors.image.ImageEncoder;
import io.segue.deploy.demo.footage.Shot.Phase;
import io.segue.deploy.demo.scene.Picture;
import io.segue.deploy.demo.scene.StreetCamera;
import io.segue.deploy.demo.scene.StreetClass;
import io.segue.deploy.demo.scene.Weather;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.SegmentationExample;
import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cameras in synthetic streets by day, until foggy dusk falls. What was taken beforehand is all by
 * day; the holdout is half day, half dusk.
 */
public final class SyntheticStreets implements Footage {
  private static final int JPEG_QUALITY = 90;
  private static final int BEFOREHAND_PER_CAMERA = 60;
  private static final int HOLDOUT_PER_CAMERA = 16;
  private static final double BEFOREHAND_SPACING_SECONDS = 3.7;
  private static final double HOLDOUT_START_SECONDS = 100_000;
  private static final double HOLDOUT_SPACING_SECONDS = 11.3;

  /**
   * What the cameras see.
   *
   * @param seed of all scenes
   * @param cameras 1 or more
   * @param width of a frame in pixels
   * @param height of a frame in pixels
   * @param framesPerSecond of each camera, above 0
   * @param driftAtSeconds when dusk begins to fall, seconds after the first frame
   * @param driftSeconds how long it takes
   * @param labelEvery every n-th frame is labelled, 1 or more
   */
  public record Settings(
      long seed,
      int cameras,
      int width,
      int height,
      double framesPerSecond,
      double driftAtSeconds,
      double driftSeconds,
      int labelEvery) {}

  private final Settings settings;
  private final Map<String, StreetCamera> cameras = new LinkedHashMap<>();

  public SyntheticStreets(Settings settings) {
    this.settings = settings;
    for (int camera = 0; camera < settings.cameras(); camera++) {
      cameras.put(
          "street-" + (camera + 1),
          new StreetCamera(settings.seed(), camera, settings.width(), settings.height()));
    }
  }

  @Override
  public Taxonomy taxonomy() {
    return StreetClass.taxonomy();
  }

  @Override
  public List<String> streams() {
    return List.copyOf(cameras.keySet());
  }

  @Override
  public Shot shot(String stream, long sequence) {
    double seconds = sequence / settings.framesPerSecond();
    double drift = (seconds - settings.driftAtSeconds()) / settings.driftSeconds();
    Phase phase = drift <= 0 ? Phase.BEFORE_DRIFT : drift < 1 ? Phase.DRIFTING : Phase.AFTER_DRIFT;
    Weather weather = Weather.DAY.towards(Weather.FOGGY_DUSK, drift);
    boolean labelled = sequence % settings.labelEvery() == 0;
    return shot(stream, seconds, weather, labelled, phase);
  }

  private Shot shot(String stream, double seconds, Weather weather, boolean labelled, Phase phase) {
    StreetCamera camera = cameras.get(stream);
    if (camera == null) {
      throw new IllegalArgumentException(
          "stream '" + stream + "': the cameras are " + cameras.keySet());
    }
    Picture picture = camera.take(seconds, weather);
    ByteBuffer pixels = ByteBuffer.allocateDirect(picture.rgb().length).put(picture.rgb()).flip();
    return new Shot(
        stream + "@" + seconds,
        ImageEncoder.encodeJpeg(pixels, picture.width(), picture.height(), JPEG_QUALITY),
        ImageEncoding.JPEG,
        picture.width(),
        picture.height(),
        picture.truth(),
        labelled,
        Optional.empty(),
        phase);
  }

  @Override
  public List<SegmentationExample> beforehand() {
    List<SegmentationExample> examples = new ArrayList<>();
    for (String stream : streams()) {
      for (int i = 1; i <= BEFOREHAND_PER_CAMERA; i++) {
        double seconds = -i * BEFOREHAND_SPACING_SECONDS;
        examples.add(shot(stream, seconds, Weather.DAY, true, Phase.BEFORE_DRIFT).example());
      }
    }
    return examples;
  }

  @Override
  public List<SegmentationExample> holdout() {
    List<SegmentationExample> examples = new ArrayList<>();
    for (String stream : streams()) {
      for (int i = 0; i < HOLDOUT_PER_CAMERA; i++) {
        boolean day = i % 2 == 0;
        double seconds = HOLDOUT_START_SECONDS + i * HOLDOUT_SPACING_SECONDS;
        examples.add(
            shot(
                    stream,
                    seconds,
                    day ? Weather.DAY : Weather.FOGGY_DUSK,
                    true,
                    day ? Phase.BEFORE_DRIFT : Phase.AFTER_DRIFT)
                .example());
      }
    }
    return examples;
  }
}
