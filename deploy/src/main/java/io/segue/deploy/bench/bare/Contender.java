package io.segue.deploy.bench.bare;

/** One of the ways to do the same work that are measured in turn. */
interface Contender {
  /** Does the work on at least {@code frames} frames, and returns on how many. */
  int run(int frames) throws InterruptedException;
}
