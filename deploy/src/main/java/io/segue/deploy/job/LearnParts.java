package io.segue.deploy.job;

import io.segue.operators.control.PublishedVersions;
import io.segue.operators.gate.JudgeCandidates;
import io.segue.operators.train.TrainModels;

/**
 * The hands of the learn job for work that takes long or leaves the process.
 *
 * @param runs trains
 * @param judges judges
 * @param versions publishes
 */
public record LearnParts(
    TrainModels.Runs runs, JudgeCandidates.Judges judges, PublishedVersions versions) {}
