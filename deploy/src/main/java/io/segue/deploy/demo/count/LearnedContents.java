package io.segue.deploy.demo.count;

import java.util.HashMap;
import java.util.Map;

/**
 * Knows whether a version can have learned from an image: only if the image's label was sent before
 * the version was first seen serving. Safe for use by several threads.
 */
public final class LearnedContents {
  private final Map<String, Long> labelled = new HashMap<>();
  private final Map<Long, Long> firstSeen = new HashMap<>();

  /** Tells that a label of an image is sent; the first time counts. */
  public synchronized void labelSent(String content, long atMillis) {
    labelled.putIfAbsent(content, atMillis);
  }

  /** Tells that a mask of a version was seen; the first time counts. */
  synchronized void served(long version, long atMillis) {
    firstSeen.putIfAbsent(version, atMillis);
  }

  /**
   * Returns whether a version that was seen may have learned from an image; never says no wrongly.
   */
  synchronized boolean mayHaveLearned(long version, String content) {
    Long sent = labelled.get(content);
    Long seen = firstSeen.get(version);
    return sent != null && (seen == null || sent < seen);
  }
}
