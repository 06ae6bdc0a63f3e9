package io.segue.model.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reads and writes the sections of the form {@code {type: T, T: {…}}}. */
final class VariantModule {
  /** Writes the options of one variant, without the frame around them. */
  private static final ObjectMapper OPTIONS =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  private VariantModule() {}

  static Module create() {
    Family<BackboneConfig> backbones =
        new Family<>(
            "backbone",
            Map.of(
                "resnet", ResNetConfig.DEFAULT,
                "dilated_resnet", DilatedResNetConfig.DEFAULT,
                "efficientnet", EfficientNetConfig.DEFAULT,
                "mobilenet", MobileNetConfig.DEFAULT),
            BackboneConfig::type,
            BackboneConfig.Custom::new);
    Family<DecoderConfig> decoders =
        new Family<>(
            "decoder",
            Map.of(
                "identity", new DecoderConfig.Identity(),
                "fpn", FpnConfig.DEFAULT,
                "nasfpn", NasFpnConfig.DEFAULT,
                "aspp", AsppConfig.DEFAULT),
            DecoderConfig::type,
            DecoderConfig.Custom::new);
    SimpleModule module = new SimpleModule("variants");
    module.addSerializer(BackboneConfig.class, backbones.serializer());
    module.addDeserializer(BackboneConfig.class, backbones.deserializer());
    module.addSerializer(DecoderConfig.class, decoders.serializer());
    module.addDeserializer(DecoderConfig.class, decoders.deserializer());
    return module;
  }

  /** The tree of {@code value}: of its options alone where it is one variant of a section. */
  static JsonNode tree(Object value, ObjectMapper mapper) {
    boolean variant = value instanceof BackboneConfig || value instanceof DecoderConfig;
    return (variant ? OPTIONS : mapper).valueToTree(value);
  }

  static boolean isVariant(JsonNode node) {
    return node.path("type").isTextual() && node.has(node.get("type").textValue());
  }

  private record Family<T>(
      String key,
      Map<String, T> defaults,
      Function<T, String> typeOf,
      BiFunction<String, Map<String, Object>, T> custom) {

    JsonSerializer<T> serializer() {
      return new JsonSerializer<>() {
        @Override
        public void serialize(T value, JsonGenerator out, SerializerProvider provider)
            throws IOException {
          String type = typeOf.apply(value);
          out.writeStartObject();
          out.writeStringField("type", type);
          out.writeFieldName(type);
          out.writeTree(options(value));
          out.writeEndObject();
        }
      };
    }

    private JsonNode options(T value) {
      if (value instanceof BackboneConfig.Custom it) {
        return OPTIONS.valueToTree(it.options());
      }
      if (value instanceof DecoderConfig.Custom it) {
        return OPTIONS.valueToTree(it.options());
      }
      return OPTIONS.valueToTree(value);
    }

    JsonDeserializer<T> deserializer() {
      return new JsonDeserializer<>() {
        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
          return read(parser.readValueAsTree());
        }
      };
    }

    private T read(JsonNode section) {
      JsonNode named = section.path("type");
      if (!named.isTextual()) {
        throw new ConfigException(
            "%s: needs a key 'type', one of %s".formatted(key, new TreeMap<>(defaults).keySet()));
      }
      String type = named.textValue();
      for (Iterator<String> names = section.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!name.equals("type") && !name.equals(type)) {
          throw new ConfigException(
              "%s.%s: has no effect while %s.type is '%s'; write the options under %s.%s"
                  .formatted(key, name, key, type, key, type));
        }
      }
      JsonNode options = section.has(type) ? section.get(type) : OPTIONS.createObjectNode();
      T known = defaults.get(type);
      if (known != null) {
        @SuppressWarnings("unchecked")
        Class<T> kind = (Class<T>) known.getClass();
        return ConfigReader.read(options, options(known), kind, key + "." + type);
      }
      Map<String, Object> free = new TreeMap<>();
      options.properties().forEach(it -> free.put(it.getKey(), plain(it.getValue())));
      return custom.apply(type, free);
    }

    private static Object plain(JsonNode value) {
      return OPTIONS.convertValue(value, Object.class);
    }
  }
}
