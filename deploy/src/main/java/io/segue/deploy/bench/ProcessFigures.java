package io.segue.deploy.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.bytedeco.javacpp.Pointer;

/** What this process holds, as the operating system and JavaCPP count it. */
final class ProcessFigures {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessFigures() {}

  /** Resident memory in KiB; empty where the system does not say. */
  static OptionalLong residentKib() {
    return status("VmRSS:");
  }

  /** Threads, native ones included; empty where the system does not say. */
  static OptionalLong threads() {
    return status("Threads:");
  }

  /** What the JVM has compiled and the classes that it has loaded, in KiB. */
  static long codeKib() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.NON_HEAP)
            .mapToLong(pool -> pool.getUsage().getUsed())
            .sum()
        >> 10;
  }

  /** Native objects that JavaCPP still has to free: tensors, sessions, graphs, images. */
  static long nativeObjects() {
    return Pointer.totalCount();
  }

  private static OptionalLong status(String name) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
