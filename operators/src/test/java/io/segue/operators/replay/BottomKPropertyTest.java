package io.segue.operators.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

class BottomKPropertyTest {
  private static final Sampling ONE_SHARD = new Sampling(7, 5, 1, null);
  private static final Sampling FOUR_SHARDS = new Sampling(7, 12, 4, null);

  @Property(tries = 200)
  void keepsTheSameWhateverTheOrder(
      @ForAll @UniqueElements @Size(max = 60) List<@IntRange(max = 1000) Integer> frames,
      @ForAll Random random) {
    List<Integer> shuffled = new ArrayList<>(frames);
    Collections.shuffle(shuffled, random);

    assertThat(kept(FOUR_SHARDS, shuffled)).isEqualTo(kept(FOUR_SHARDS, frames));
  }

  @Property(tries = 200)
  void keepsTheSameWhenTwoSamplesAreMerged(
      @ForAll @UniqueElements @Size(max = 40) List<@IntRange(max = 1000) Integer> frames,
      @ForAll @IntRange(max = 40) int cut) {
    int middle = Math.min(cut, frames.size());
    List<Integer> merged = new ArrayList<>(kept(ONE_SHARD, frames.subList(0, middle)));
    merged.addAll(kept(ONE_SHARD, frames.subList(middle, frames.size())));

    assertThat(kept(ONE_SHARD, merged)).isEqualTo(kept(ONE_SHARD, frames));
  }

  private static Set<Integer> kept(Sampling sampling, List<Integer> frames) {
    Map<Integer, BottomK> shards = new HashMap<>();
    Map<String, Integer> kept = new HashMap<>();
    for (int frame : frames) {
      String key = "cam/" + frame;
      int shard = sampling.shard(key);
      BottomK ranks = shards.computeIfAbsent(shard, s -> new BottomK(sampling.capacityOf(s)));
      kept.put(key, frame);
      ranks.offer(sampling.rank(key, 1, 0), key).ifPresent(kept::remove);
    }
    return new HashSet<>(kept.values());
  }
}
