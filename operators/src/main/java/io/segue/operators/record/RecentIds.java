package io.segue.operators.record;

import java.util.ArrayList;
import java.util.List;

/**
 * The newest command ids that were carried out, so that a command that comes twice is done once.
 */
public final class RecentIds {
  private static final int REMEMBERED = 1000;

  private RecentIds() {}

  /** The list with one more id; the oldest of more than {@value #REMEMBERED} is left out. */
  public static List<String> with(List<String> ids, String id) {
    List<String> extended =
        new ArrayList<>(ids.subList(Math.max(0, ids.size() + 1 - REMEMBERED), ids.size()));
    extended.add(id);
    return extended;
  }
}
