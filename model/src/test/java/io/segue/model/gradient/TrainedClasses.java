package io.segue.model.gradient;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds the classes that write operations into a graph. */
public final class TrainedClasses {
  private TrainedClasses() {}

  /**
   * The public classes of a package with a method of their own that takes what operations are
   * written with.
   *
   * @param one any class of the package
   * @param graph what operations are written with
   */
  public static Set<Class<?>> beside(Class<?> one, Set<Class<?>> graph) {
    try {
      Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
      Set<Class<?>> found = new TreeSet<>(Comparator.comparing(Class::getName));
      try (Stream<Path> files = Files.list(root.resolve(one.getPackageName().replace('.', '/')))) {
        files
            .map(it -> it.getFileName().toString())
            .filter(it -> it.endsWith(".class") && !it.contains("$"))
            .filter(it -> !it.equals("package-info.class"))
            .map(it -> loaded(one.getPackageName() + "." + it.replace(".class", "")))
            .filter(it -> Modifier.isPublic(it.getModifiers()) && writes(it, graph))
            .forEach(found::add);
      }
      return found;
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError("the classes of " + one.getPackageName() + " cannot be listed", e);
    }
  }

  private static Class<?> loaded(String name) {
    try {
      return Class.forName(name, false, TrainedClasses.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean writes(Class<?> type, Set<Class<?>> graph) {
    // The constants of an enum may have the code that their type declares.
    return Arrays.stream(type.getDeclaredMethods())
        .filter(it -> !it.isSynthetic() && !Modifier.isPrivate(it.getModifiers()))
        .filter(it -> type.isEnum() || !Modifier.isAbstract(it.getModifiers()))
        .map(Method::getParameterTypes)
        .anyMatch(it -> List.of(it).stream().anyMatch(graph::contains));
  }
}
