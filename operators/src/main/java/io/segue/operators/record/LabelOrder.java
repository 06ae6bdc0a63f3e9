package io.segue.operators.record;

/**
 * Which of two labels of one frame counts: the one with the higher revision, of equal ones that of
 * the annotator whose name sorts later. The order is total, so the outcome does not depend on which
 * label came first; equal in both means that the label is a repeat.
 */
public final class LabelOrder {
  private LabelOrder() {}

  /**
   * Negative, 0 or positive as the first label counts less, is a repeat of, or beats the second.
   */
  public static int compare(
      int revision, String annotator, int otherRevision, String otherAnnotator) {
    int byRevision = Integer.compare(revision, otherRevision);
    return byRevision != 0 ? byRevision : annotator.compareTo(otherAnnotator);
  }
}
