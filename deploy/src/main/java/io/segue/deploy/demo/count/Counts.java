package io.segue.deploy.demo.count;

/**
 * What became of the frames; {@code framesIn = masksOut + deadLetters + skipped + droppedRepeats +
 * lostFrames}.
 *
 * @param framesIn records on the topic of frames
 * @param masksOut frames whose outcome is a mask
 * @param deadLetters frames whose outcome is a dead letter
 * @param skipped frames whose outcome is a skip record
 * @param droppedRepeats records that repeat the identity of an earlier one
 * @param lostFrames frames without an outcome, up to now
 * @param duplicateFrames outcomes beyond the first of a frame
 * @param outOfOrderFrames masks behind a mask of a later frame of their stream
 * @param swaps changes from one served version to another
 * @param rejectedVersions candidates and versions that were refused
 * @param liveVersion the version that serves, 0 before the first
 */
public record Counts(
    long framesIn,
    long masksOut,
    long deadLetters,
    long skipped,
    long droppedRepeats,
    long lostFrames,
    long duplicateFrames,
    long outOfOrderFrames,
    long swaps,
    long rejectedVersions,
    long liveVersion) {}
