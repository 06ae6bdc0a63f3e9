package io.segue.model.config;

import java.util.Iterator;

/** Finds the name that somebody probably meant. */
final class NearestName {
  private NearestName() {}

  /**
   * The one of {@code names} with the smallest edit distance to {@code word}; the first of equals.
   */
  static String of(String word, Iterator<String> names) {
    String nearest = "";
    int least = Integer.MAX_VALUE;
    while (names.hasNext()) {
      String name = names.next();
      int distance = distance(word, name);
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return nearest;
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
