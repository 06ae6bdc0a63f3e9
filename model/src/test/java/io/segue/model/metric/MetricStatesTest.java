package io.segue.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What two parts of a stream counted, one of them stored in between, is what one would count. */
class MetricStatesTest {
  private static final int CLASSES = 4;
  private static final int IGNORED = 255;
  private static final int SIDE = 4;
  private static final int PIXELS = SIDE * SIDE;
  private static final int IMAGES = 4;

  /** Sums of at most four doubles below 16, in another order. */
  private static final double TOLERANCE = 1e-12;

  /**
   * One metric.
   *
   * @param add adds an image: truth and prediction, {@code [SIDE, SIDE]}
   * @param figures everything that it knows
   */
  private record Kind<T>(
      Supplier<T> create,
      Adder<T> add,
      BiConsumer<T, T> merge,
      Function<T, byte[]> toBytes,
      Function<byte[], T> fromBytes,
      Function<T, double[]> figures) {

    void check(byte[] truths, byte[] predictions) {
      T whole = create.get();
      T first = create.get();
      T second = create.get();
      for (int i = 0; i < IMAGES; i++) {
        byte[] truth = Arrays.copyOfRange(truths, i * PIXELS, (i + 1) * PIXELS);
        byte[] prediction = Arrays.copyOfRange(predictions, i * PIXELS, (i + 1) * PIXELS);
        add.add(whole, truth, prediction);
        add.add(i < 1 ? first : second, truth, prediction);
      }
      T restored = fromBytes.apply(toBytes.apply(first));
      assertThat(figures.apply(restored)).containsExactly(figures.apply(first));
      merge.accept(restored, second);
      assertThat(figures.apply(restored)).containsExactly(figures.apply(whole), within(TOLERANCE));
    }

    void refuses(byte[] state) {
      assertThatThrownBy(() -> fromBytes.apply(state))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("state of a");
    }
  }

  private interface Adder<T> {
    void add(T metric, byte[] truth, byte[] prediction);
  }

  private static final List<Kind<?>> KINDS =
      List.of(
          new Kind<>(
              () -> new ConfusionMatrix(CLASSES),
              (it, t, p) -> it.add(ByteBuffer.wrap(t), ByteBuffer.wrap(p), IGNORED),
              ConfusionMatrix::merge,
              ConfusionMatrix::toBytes,
              ConfusionMatrix::fromBytes,
              it -> LongStream.of(it.counts()).asDoubleStream().toArray()),
          new Kind<>(
              () -> new ClassOverlap(CLASSES),
              (it, t, p) -> {
                for (int i = 0; i < PIXELS; i++) {
                  it.add(t[i] & 0xff, p[i] & 0xff, 0.25 * (1 + i % 3));
                }
              },
              ClassOverlap::merge,
              ClassOverlap::toBytes,
              ClassOverlap::fromBytes,
              ClassOverlap::perClassIou),
          boundaryF1(() -> BoundaryF1.withinPixels(CLASSES, 1.5)),
          boundaryF1(() -> BoundaryF1.relative(CLASSES)),
          boundaryIou(() -> BoundaryIou.ofWidth(CLASSES, 2)),
          boundaryIou(() -> BoundaryIou.relative(CLASSES)),
          new Kind<>(
              () -> new PanopticQuality(CLASSES, 0),
              (it, t, p) -> it.add(categories(t), halves(), categories(p), halves()),
              PanopticQuality::merge,
              PanopticQuality::toBytes,
              PanopticQuality::fromBytes,
              it ->
                  joined(
                      it.iouSums(),
                      LongStream.of(it.truePositives()).asDoubleStream().toArray(),
                      LongStream.of(it.falseNegatives()).asDoubleStream().toArray(),
                      LongStream.of(it.falsePositives()).asDoubleStream().toArray())));

  private static Kind<BoundaryF1> boundaryF1(Supplier<BoundaryF1> create) {
    return new Kind<>(
        create,
        (it, t, p) -> it.add(ByteBuffer.wrap(t), ByteBuffer.wrap(p), SIDE, SIDE, IGNORED),
        BoundaryF1::merge,
        BoundaryF1::toBytes,
        BoundaryF1::fromBytes,
        // NaN, of a class without boundaries, equals nothing.
        it ->
            Arrays.stream(joined(it.pooledPerClass(), it.meanPerClass()))
                .map(score -> Double.isNaN(score) ? -1 : score)
                .toArray());
  }

  private static Kind<BoundaryIou> boundaryIou(Supplier<BoundaryIou> create) {
    return new Kind<>(
        create,
        (it, t, p) -> it.add(ByteBuffer.wrap(t), ByteBuffer.wrap(p), SIDE, SIDE, IGNORED),
        BoundaryIou::merge,
        BoundaryIou::toBytes,
        BoundaryIou::fromBytes,
        it ->
            joined(
                LongStream.of(it.intersection()).asDoubleStream().toArray(),
                LongStream.of(it.union()).asDoubleStream().toArray()));
  }

  private static int[] categories(byte[] map) {
    return IntStream.range(0, PIXELS).map(i -> (map[i] & 0xff) % CLASSES).toArray();
  }

  /** Left and right half are two instances. */
  private static int[] halves() {
    return IntStream.range(0, PIXELS).map(i -> i % SIDE / 2).toArray();
  }

  private static double[] joined(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(DoubleStream::of).toArray();
  }

  @Property(tries = 50)
  void storingAndMergingPartsGivesTheWhole(
      @ForAll @Size(IMAGES * PIXELS) byte[] truth, @ForAll @Size(IMAGES * PIXELS) byte[] drawn) {
    byte[] prediction = drawn.clone();
    for (int i = 0; i < prediction.length; i++) {
      prediction[i] = (byte) (prediction[i] & (CLASSES - 1));
    }
    KINDS.forEach(it -> it.check(truth, prediction));
  }

  @Test
  void aStateThatIsNotWholeOrOfAnotherMetricIsRefused() {
    byte[] panoptic = new PanopticQuality(CLASSES, 0).toBytes();
    byte[] matrix = new ConfusionMatrix(CLASSES).toBytes();
    KINDS.subList(0, KINDS.size() - 1).forEach(it -> it.refuses(panoptic));
    KINDS.get(KINDS.size() - 1).refuses(matrix);
    KINDS.get(0).refuses(Arrays.copyOf(matrix, matrix.length - 1));
    KINDS.get(0).refuses(Arrays.copyOf(matrix, matrix.length + 1));
    KINDS.get(0).refuses(new byte[0]);
  }
}
