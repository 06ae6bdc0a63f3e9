package io.segue.operators.replay;

/** One shard of the replay buffer or the holdout. */
record Shard(String part, int number) {
  static Shard of(String key) {
    int slash = key.indexOf('/');
    return new Shard(key.substring(0, slash), Integer.parseInt(key.substring(slash + 1)));
  }

  String key() {
    return part + "/" + number;
  }
}
