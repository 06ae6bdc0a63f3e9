package io.segue.model.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 200 ms}, {@code 30 s}, {@code 10 min}, {@code 7 d}. */
final class DurationText {
  private static final Pattern FORMAT = Pattern.compile("(\\d{1,15})\\s*([a-z]+)");
  private static final Map<String, Duration> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("d", Duration.ofDays(1));
    UNITS.put("h", Duration.ofHours(1));
    UNITS.put("min", Duration.ofMinutes(1));
    UNITS.put("s", Duration.ofSeconds(1));
    UNITS.put("ms", Duration.ofMillis(1));
  }

  private DurationText() {}

  /**
   * Reads a duration.
   *
   * @throws ConfigException naming the text and the format
   */
  static Duration parse(String text) {
    Matcher matcher = FORMAT.matcher(text.strip());
    Duration unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new ConfigException(
          "'%s' is not a duration; write a whole number and one of %s, such as 30 s"
              .formatted(text, UNITS.keySet()));
    }
    return unit.multipliedBy(Long.parseLong(matcher.group(1)));
  }

  /** Writes a duration in the largest unit that leaves nothing over, milliseconds at least. */
  static String format(Duration duration) {
    for (Map.Entry<String, Duration> unit : UNITS.entrySet()) {
      long millis = unit.getValue().toMillis();
      if (duration.toMillis() % millis == 0 && !duration.isZero()) {
        return duration.toMillis() / millis + " " + unit.getKey();
      }
    }
    return "0 ms";
  }

  static Module module() {
    return new SimpleModule("durations")
        .addSerializer(Duration.class, new Writer())
        .addDeserializer(Duration.class, new Reader());
  }

  private static final class Writer extends StdSerializer<Duration> {
    Writer() {
      super(Duration.class);
    }

    @Override
    public void serialize(Duration value, JsonGenerator out, SerializerProvider context)
        throws IOException {
      out.writeString(format(value));
    }
  }

  private static final class Reader extends StdDeserializer<Duration> {
    Reader() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
      try {
        return parse(in.getText());
      } catch (ConfigException e) {
        return (Duration)
            context.handleWeirdStringValue(Duration.class, in.getText(), "%s", e.getMessage());
      }
    }
  }
}
