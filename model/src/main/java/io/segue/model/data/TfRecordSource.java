package io.segue.model.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Files of {@link SegmentationExample}s, interleaved and shuffled. A damaged record ends the pass
 * with the file and the byte offset; an example without a source of its own is called {@code
 * file@offset}. Names that end in {@code .gz} are read as GZIP streams.
 */
public final class TfRecordSource implements ExampleSource {
  private final List<Path> files;
  private final RecordOrder order;
  private final String imageFeature;

  /** Files that are there; they are opened when their turn comes. */
  public TfRecordSource(List<Path> files, RecordOrder order) {
    this(files, order, SegmentationExample.IMAGE);
  }

  /**
   * Files whose images have a key of their own.
   *
   * @param imageFeature key of the encoded image in each record
   */
  public TfRecordSource(List<Path> files, RecordOrder order, String imageFeature) {
    this.files = List.copyOf(files);
    this.order = order;
    this.imageFeature = imageFeature;
  }

  @Override
  public Stream<SegmentationExample> open(long seed) {
    Random random = new Random(seed);
    List<Path> turn = new ArrayList<>(files);
    if (order.shuffled()) {
      Collections.shuffle(turn, random);
    }
    Interleaved records = new Interleaved(turn.iterator());
    Iterator<SegmentationExample> examples =
        order.shuffled() && order.shuffleBufferSize() > 1
            ? new ShuffleBuffer<>(records, order.shuffleBufferSize(), random)
            : records;
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(examples, Spliterator.ORDERED), false)
        .onClose(records::close);
  }

  private static TfRecordReader open(Path file) throws IOException {
    TfRecordCompression compression =
        file.toString().endsWith(".gz") ? TfRecordCompression.GZIP : TfRecordCompression.NONE;
    return new TfRecordReader(Files.newByteChannel(file), file.toString(), compression);
  }

  /** A file while it is read. */
  private static final class OpenFile {
    private final Path file;
    private final TfRecordReader reader;

    OpenFile(Path file) throws IOException {
      this.file = file;
      this.reader = TfRecordSource.open(file);
    }

    List<SegmentationExample> next(int count, String imageFeature) throws IOException {
      List<SegmentationExample> block = new ArrayList<>();
      while (block.size() < count) {
        String place = "%s@%d".formatted(file.getFileName(), reader.offset());
        byte[] payload = reader.read().orElse(null);
        if (payload == null) {
          break;
        }
        block.add(example(payload, imageFeature, place));
      }
      return block;
    }

    private static SegmentationExample example(byte[] payload, String imageFeature, String place) {
      try {
        SegmentationExample it = SegmentationExample.fromTfExample(payload, imageFeature);
        return it.sourceId().isEmpty() ? it.from(place) : it;
      } catch (IllegalArgumentException e) {
        throw new InvalidExampleException(place, String.valueOf(e.getMessage()), e);
      }
    }
  }

  /** Takes a block of each open file in turn. */
  private final class Interleaved implements Iterator<SegmentationExample> {
    private final Iterator<Path> waiting;
    private final Deque<OpenFile> open = new ArrayDeque<>();
    private final Deque<SegmentationExample> block = new ArrayDeque<>();

    Interleaved(Iterator<Path> waiting) {
      this.waiting = waiting;
    }

    @Override
    public boolean hasNext() {
      try {
        fill();
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
      return !block.isEmpty();
    }

    private void fill() throws IOException {
      while (block.isEmpty()) {
        while (open.size() < order.cycleLength() && waiting.hasNext()) {
          open.addLast(new OpenFile(waiting.next()));
        }
        OpenFile turn = open.pollFirst();
        if (turn == null) {
          return;
        }
        block.addAll(turn.next(order.blockLength(), imageFeature));
        if (block.size() == order.blockLength()) {
          open.addLast(turn);
        } else {
          turn.reader.close();
        }
      }
    }

    @Override
    public SegmentationExample next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return block.removeFirst();
    }

    void close() {
      try {
        for (OpenFile file : open) {
          file.reader.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
