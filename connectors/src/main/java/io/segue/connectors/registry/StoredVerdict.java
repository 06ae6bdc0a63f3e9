package io.segue.connectors.registry;

import java.time.Instant;

/**
 * A decision about a version, kept beside it.
 *
 * @param metric that decided, such as {@code holdout/miou}
 * @param threshold what was asked for
 * @param observed what was seen
 * @param decision such as {@code BLESS}, {@code REJECT} or {@code ROLL_BACK}
 * @param reason in words
 * @param time when
 */
public record StoredVerdict(
    String metric,
    double threshold,
    double observed,
    String decision,
    String reason,
    Instant time) {}
