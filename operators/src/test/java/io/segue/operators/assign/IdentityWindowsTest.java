package io.segue.operators.assign;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.operators.assign.IdentityWindows.Kind;
import io.segue.operators.assign.IdentityWindows.Sighting;
import io.segue.schemas.flow.SeenIdentities;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.Test;

class IdentityWindowsTest {
  private static final int WINDOW = 16;
  private final IdentityWindows windows = new IdentityWindows(2, WINDOW, 3);
  private SeenIdentities seen = IdentityWindows.none();

  @BeforeTry
  void forgetAll() {
    seen = IdentityWindows.none();
  }

  private Kind observe(long epoch, long sequence) {
    return windows.observe(seen, epoch, sequence).kind();
  }

  @Test
  void tellsNewLateAndRepeatedSequences() {
    assertThat(observe(1, 5)).isEqualTo(Kind.NEW);
    assertThat(observe(1, 7)).isEqualTo(Kind.NEW);
    assertThat(observe(1, 6)).isEqualTo(Kind.LATE);
    assertThat(observe(1, 6)).isEqualTo(Kind.REPEAT);
    assertThat(observe(1, 3)).isEqualTo(Kind.LATE);
    assertThat(observe(1, 5)).isEqualTo(Kind.REPEAT);
  }

  @Test
  void countsTheSequencesThatWereLeftOut() {
    windows.observe(seen, 1, 0);
    assertThat(windows.observe(seen, 1, 1)).isEqualTo(new Sighting(Kind.NEW, 0));
    assertThat(windows.observe(seen, 1, 10)).isEqualTo(new Sighting(Kind.NEW, 8));
  }

  @Test
  void tellsALateSequenceThatHadBeenLeftOut() {
    windows.observe(seen, 1, 5);
    windows.observe(seen, 1, 8);
    assertThat(windows.observe(seen, 1, 7)).isEqualTo(new Sighting(Kind.LATE, -1));
    assertThat(windows.observe(seen, 1, 4)).isEqualTo(new Sighting(Kind.LATE, 0));
  }

  @Test
  void cannotTellWhatIsOlderThanTheWindow() {
    observe(1, 100);
    assertThat(observe(1, 100 - WINDOW)).isEqualTo(Kind.EXPIRED);
    assertThat(observe(1, 100 - WINDOW + 1)).isEqualTo(Kind.LATE);
  }

  @Test
  void forgetsOldSequencesWhenARunJumpsAhead() {
    observe(1, 0);
    observe(1, WINDOW);
    assertThat(observe(1, WINDOW - 1)).isEqualTo(Kind.LATE);
    observe(1, 10L * WINDOW);
    assertThat(observe(1, 10L * WINDOW - 1)).isEqualTo(Kind.LATE);
  }

  @Test
  void takesARestartAtSequenceZeroForANewRun() {
    observe(1, 0);
    observe(1, 1);
    assertThat(observe(2, 0)).isEqualTo(Kind.NEW);
    assertThat(observe(1, 1)).isEqualTo(Kind.REPEAT);
  }

  @Test
  void cannotTellFramesOfARetiredRun() {
    observe(1, 0);
    observe(2, 0);
    observe(3, 0);
    assertThat(observe(1, 1)).isEqualTo(Kind.EXPIRED);
  }

  @Test
  void aClockFarAheadDoesNotShutOutLaterRuns() {
    for (long absurd = 4_000_000; absurd < 4_000_003; absurd++) {
      assertThat(observe(absurd, 0)).isEqualTo(Kind.NEW);
    }
    assertThat(observe(10, 0)).isEqualTo(Kind.NEW);
    assertThat(observe(11, 0)).isEqualTo(Kind.NEW);
  }

  @Test
  void aWindowKeepsTheSizeItWasCreatedWith() {
    observe(1, 100);
    IdentityWindows larger = new IdentityWindows(2, 64, 3);
    assertThat(larger.observe(seen, 1, 100 - WINDOW).kind()).isEqualTo(Kind.EXPIRED);
    assertThat(larger.observe(seen, 1, 100).kind()).isEqualTo(Kind.REPEAT);
  }

  record Identity(long epoch, long sequence) {}

  @Property
  void neverTakesAnIdentityForNewTwice(
      @ForAll @Size(max = 300) List<@IntRange(max = 60) Integer> steps,
      @ForAll @LongRange(min = 1, max = 6) long runs) {
    Set<Identity> taken = new HashSet<>();
    for (int i = 0; i < steps.size(); i++) {
      Identity id = new Identity((steps.get(i) * 7L + i / 40) % runs, steps.get(i));
      Kind kind = observe(id.epoch(), id.sequence());
      if (kind == Kind.NEW || kind == Kind.LATE) {
        assertThat(taken.add(id)).as("%s was taken for new twice", id).isTrue();
      } else if (kind == Kind.REPEAT) {
        assertThat(taken).contains(id);
      }
    }
  }

  @Property
  void servesEveryFrameOfARunThatIsShuffledWithinTheWindow(
      @ForAll @Size(value = 200) List<@IntRange(max = WINDOW / 2 - 1) Integer> delays) {
    List<Long> arrivals =
        LongStream.range(0, delays.size())
            .boxed()
            .sorted(Comparator.comparing(s -> s + delays.get(s.intValue())))
            .toList();
    assertThat(arrivals).allSatisfy(s -> assertThat(observe(1, s)).isIn(Kind.NEW, Kind.LATE));
  }

  @Property
  void remembersABoundedNumberOfRuns(@ForAll @Size(max = 200) List<Long> epochs) {
    epochs.forEach(epoch -> observe(epoch, 0));
    assertThat(seen.getEpochs()).hasSizeLessThanOrEqualTo(2);
    assertThat(seen.getRetired()).hasSizeLessThanOrEqualTo(3);
  }
}
