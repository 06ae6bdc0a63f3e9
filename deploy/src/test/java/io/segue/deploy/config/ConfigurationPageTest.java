package io.segue.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that describes the configuration, held to what is read. */
class ConfigurationPageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9_.]+)` \\|");

  private static String page;

  @TempDir private Path dir;

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(Path.of("..", "docs", "configuration.md"));
  }

  @Test
  void hasARowForEachKeyAndForNothingElse() {
    List<String> rows = new ArrayList<>();
    Matcher matcher = ROW.matcher(page);
    while (matcher.find()) {
      rows.add(matcher.group(1));
    }
    List<String> keys = new ArrayList<>();
    collect("", SegueConfig.class, keys);

    assertThat(rows).doesNotHaveDuplicates().containsAll(keys);
    assertThat(rows)
        .allSatisfy(row -> assertThat(keys).anyMatch(key -> (key + ".").startsWith(row + ".")));
  }

  @Test
  void itsExampleIsReadAndIsEnoughForBothJobs() throws IOException {
    String example = page.substring(page.indexOf("```yaml") + 7);
    Path file = dir.resolve("segue.yaml");
    Files.writeString(file, example.substring(0, example.indexOf("```")));

    SegueConfig config = SegueConfig.read(Optional.of(file), Map.of());

    assertThat(config.segmentJob().streams().of("gate-1").maxAgeMillis()).isEqualTo(500);
    assertThat(config.learnJob().taxonomy().size()).isEqualTo(3);
  }

  private static void collect(String path, Class<?> section, List<String> keys) {
    for (RecordComponent component : section.getRecordComponents()) {
      String key = path + SnakeCaseStrategy.INSTANCE.translate(component.getName());
      Class<?> type = content(component.getGenericType());
      if (type.isRecord()) {
        collect(key + ".", type, keys);
      } else {
        keys.add(key);
      }
    }
  }

  /** What a key holds, or one of several. */
  private static Class<?> content(Type type) {
    if (type instanceof ParameterizedType generic) {
      Class<?> raw = (Class<?>) generic.getRawType();
      boolean holder = raw == Optional.class || Collection.class.isAssignableFrom(raw);
      return holder ? content(generic.getActualTypeArguments()[0]) : raw;
    }
    return (Class<?>) type;
  }
}
