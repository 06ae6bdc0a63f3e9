package io.segue.model.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a processor offers, as far as Linux says it.
 *
 * @param flags names of its abilities, such as {@code avx2}; none where they are not known
 */
public record Processor(Set<String> flags) {
  /** The flags of which a processor that multiplies bfloat16 has one at least. */
  public static final List<String> BFLOAT16 = List.of("avx512_bf16", "amx_bf16");

  private static final Path CPU = Path.of("/proc/cpuinfo");

  /** Copies the flags. */
  public Processor {
    flags = Set.copyOf(flags);
  }

  /** The first processor of this machine. */
  public static Processor here() {
    return read(CPU);
  }

  /** The first processor of a file like {@code /proc/cpuinfo}. */
  public static Processor read(Path cpuinfo) {
    try (Stream<String> lines = Files.lines(cpuinfo)) {
      return new Processor(
          lines
              .filter(it -> it.startsWith("flags"))
              .findFirst()
              .map(it -> Set.of(it.substring(it.indexOf(':') + 1).strip().split("\\s+")))
              .orElse(Set.of()));
    } catch (IOException | UncheckedIOException e) {
      return new Processor(Set.of());
    }
  }

  /** Whether its registers hold 16 floats. */
  public boolean hasAvx512() {
    return flags.contains("avx512f");
  }

  /** Whether it multiplies bfloat16. */
  public boolean hasBfloat16() {
    return BFLOAT16.stream().anyMatch(flags::contains);
  }
}
