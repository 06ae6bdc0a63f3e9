package io.segue.model.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case below a directory, compared with what the reference gave. The directory is the system
 * property {@code golden.dir}, relative to where the command was given; by default the fixtures of
 * this module.
 */
class GoldenFixturesTest {
  private static final List<String> REPORT = new ArrayList<>();

  @TestFactory
  Stream<DynamicTest> everyCaseAgreesWithTheReference() throws Exception {
    List<Path> cases = cases(root());
    return cases.stream()
        .map(it -> DynamicTest.dynamicTest(it.getFileName().toString(), () -> compare(it)));
  }

  private static void compare(Path directory) throws Exception {
    Fixture fixture = Fixture.read(directory);
    Deviations deviations = new Deviations();
    long start = System.nanoTime();
    GoldenKinds.of(fixture).compare(fixture, deviations);
    assertThat(deviations.values()).as("values compared").isPositive();
    REPORT.add(
        String.format(
            Locale.ROOT,
            "%-55s %8d values %7.4f of tolerance %6.2f s",
            fixture.name(),
            deviations.values(),
            deviations.largest(),
            (System.nanoTime() - start) * 1e-9));
  }

  @AfterAll
  static void listTheCases() {
    REPORT.forEach(System.out::println);
    System.out.println(REPORT.size() + " golden cases compared");
  }

  private static Path root() throws URISyntaxException {
    String given = System.getProperty("golden.dir", "");
    if (given.isEmpty()) {
      return Path.of(GoldenFixturesTest.class.getResource("/golden/NETWORKS.md").toURI())
          .getParent();
    }
    return Path.of(System.getProperty("segue.launchDir", "")).resolve(given).toAbsolutePath();
  }

  private static List<Path> cases(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new AssertionError("golden.dir: " + root + " is not a directory");
    }
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> found =
          files
              .filter(it -> it.getFileName().toString().equals("case.json"))
              .map(Path::getParent)
              .sorted()
              .toList();
      if (found.isEmpty()) {
        throw new AssertionError("golden.dir: there is no case.json below " + root);
      }
      return found;
    }
  }
}
