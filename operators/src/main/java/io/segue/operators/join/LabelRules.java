package io.segue.operators.join;

import io.segue.model.config.Taxonomy;
import java.io.Serializable;

/**
 * What a label must keep to.
 *
 * @param taxonomyId id of the class list
 * @param taxonomyVersion its version
 * @param classes its number of classes
 * @param ignoreValue value of unlabelled pixels
 */
public record LabelRules(String taxonomyId, int taxonomyVersion, int classes, int ignoreValue)
    implements Serializable {

  /** The rules of a taxonomy. */
  public static LabelRules of(Taxonomy taxonomy) {
    return new LabelRules(
        taxonomy.id(), taxonomy.version(), taxonomy.size(), taxonomy.ignoreValue());
  }
}
