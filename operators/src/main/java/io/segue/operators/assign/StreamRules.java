package io.segue.operators.assign;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which stream uses which model and plan: the first rule that matches decides, and the last one
 * matches everything, so that no stream is left without.
 */
public record StreamRules(List<StreamRule> rules) implements Serializable {
  /**
   * @throws IllegalArgumentException if there is no rule or the last does not match every stream
   */
  public StreamRules {
    rules = List.copyOf(rules);
    if (rules.isEmpty() || !rules.get(rules.size() - 1).match().equals("*")) {
      throw new IllegalArgumentException(
          "streams: the last of %d rules must have match '*', or a stream could be left without a"
                  .formatted(rules.size())
              + " model; add one");
    }
  }

  /** The rule of a stream. */
  public StreamRule of(String streamId) {
    for (StreamRule rule : rules) {
      if (Glob.matches(rule.match(), streamId)) {
        return rule;
      }
    }
    throw new IllegalStateException("unreachable: the last rule matches every stream");
  }

  /** Whether frames of some stream are skipped by their age. */
  public boolean skipByAge() {
    return rules.stream().anyMatch(rule -> rule.maxAge().isPresent());
  }

  /** The models that some stream may use. */
  public Set<String> models() {
    return rules.stream().map(StreamRule::model).collect(Collectors.toUnmodifiableSet());
  }
}
