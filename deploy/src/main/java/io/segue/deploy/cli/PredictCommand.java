package io.segue.deploy.cli;

import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.ImageDecoder;
import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.image.ImageHeader;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.FilePatterns;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "predict",
    description = {
      "Segments images: NAME.png in --out is an indexed PNG of class indices with the taxonomy's"
          + " colours, NAME.overlay.jpg the image with them on it.",
    },
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
  private static final int QUALITY = 90;
  private static final List<String> SUFFIXES = List.of(".jpg", ".jpeg", ".png");

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A model directory.")
  private Path model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where masks are written; made if absent.")
  private Path out;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description = "JPEG or PNG images, folders of them, patterns, separated by commas.")
  private List<String> inputs = new ArrayList<>();

  @Parameters(paramLabel = "IMAGE", description = "The same as --input.")
  private List<String> images = new ArrayList<>();

  @Option(names = "--overlay", description = "Write the images with their masks on them as well.")
  private boolean overlay;

  @Option(
      names = "--coco",
      description =
          "Write masks.coco.json as well: COCO's results, one for each class of an image, with the"
              + " class index as category_id and the image's name as image_id.")
  private boolean coco;

  @Mixin private PlanOptions plan;

  @Mixin private Console console;

  @Override
  public Integer call() throws IOException {
    List<Path> found = found();
    Files.createDirectories(out);
    long nanos = 0;
    try (ServingModel serving = ServingModels.load(model);
        CocoResults results = coco ? CocoResults.to(out.resolve("masks.coco.json")) : null;
        ProgressLine line = new ProgressLine(console.progress())) {
      for (int i = 0; i < found.size(); i++) {
        line.show(i, found.size(), found.get(i).getFileName().toString());
        nanos += segment(serving, found.get(i), results);
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("images", found.size());
    values.put("framesPerSecond", found.size() * 1e9 / Math.max(1, nanos));
    values.put("out", out.toString());
    console.result(values);
    return ExitCode.OK;
  }

  private List<Path> found() throws IOException {
    List<String> all = new ArrayList<>(inputs);
    all.addAll(images);
    if (all.isEmpty()) {
      throw new CommandFailedException("no image is given; name files, folders or patterns");
    }
    List<Path> files = new ArrayList<>();
    for (Path path : FilePatterns.expand(String.join(",", all))) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> listed = Files.list(path)) {
          files.addAll(listed.filter(PredictCommand::isImage).sorted().toList());
        }
      } else {
        files.add(path);
      }
    }
    return files;
  }

  private static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return SUFFIXES.stream().anyMatch(name::endsWith);
  }

  private long segment(ServingModel serving, Path image, @Nullable CocoResults results)
      throws IOException {
    ByteBuffer encoded = ByteBuffer.wrap(Files.readAllBytes(image));
    ImageHeader header = ImageHeader.read(encoded);
    ByteBuffer rgb = ByteBuffer.allocateDirect(3 * header.width() * header.height());
    ImageDecoder.decodeRgb(encoded, rgb);
    long start = System.nanoTime();
    try (Segmentation masks =
        serving.segment(rgb, 1, header.height(), header.width(), plan.plan())) {
      long nanos = System.nanoTime() - start;
      String name = name(image);
      write(name, header, rgb, masks.mask(0), serving.spec().taxonomy());
      if (results != null) {
        results.add(name, decoded(masks.mask(0), header));
      }
      return nanos;
    }
  }

  private static String name(Path image) {
    String file = image.getFileName().toString();
    int dot = file.lastIndexOf('.');
    return dot < 0 ? file : file.substring(0, dot);
  }

  private static DecodedMask decoded(ByteBuffer mask, ImageHeader header) {
    byte[] indices = new byte[mask.remaining()];
    mask.get(mask.position(), indices);
    return new DecodedMask(header.width(), header.height(), indices);
  }

  private void write(
      String name, ImageHeader header, ByteBuffer rgb, ByteBuffer mask, Taxonomy taxonomy)
      throws IOException {
    int width = header.width();
    int height = header.height();
    Files.write(out.resolve(name + ".png"), MaskCodec.encode(mask, width, height, taxonomy));
    if (overlay) {
      Files.write(
          out.resolve(name + ".overlay.jpg"),
          ImageEncoder.encodeJpeg(blended(rgb, mask, taxonomy), width, height, QUALITY));
    }
  }

  /** Half image, half colour of the class. */
  private static ByteBuffer blended(ByteBuffer rgb, ByteBuffer mask, Taxonomy taxonomy) {
    ByteBuffer blend = ByteBuffer.allocateDirect(rgb.capacity());
    for (int i = 0; i < mask.remaining(); i++) {
      int colour = taxonomy.classes().get(mask.get(mask.position() + i) & 0xff).rgb();
      for (int c = 0; c < 3; c++) {
        int shade = colour >> (16 - 8 * c) & 0xff;
        blend.put(3 * i + c, (byte) (((rgb.get(3 * i + c) & 0xff) + shade) / 2));
      }
    }
    return blend;
  }
}
