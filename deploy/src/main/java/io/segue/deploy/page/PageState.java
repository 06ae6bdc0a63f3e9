package io.segue.deploy.page;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the page shows. Implementations are safe for use by several threads. */
public interface PageState {

  /**
   * A picture as a browser takes it.
   *
   * @param type media type, such as {@code image/jpeg}
   * @param bytes the encoded picture
   */
  @SuppressWarnings("ArrayRecordComponent") // encoded bytes, by far too many to box
  record Picture(String type, byte[] bytes) {}

  /** The streams in the order in which they are shown. */
  List<String> streams();

  /** The last frame of a stream that has a mask. */
  Optional<Picture> frame(String stream);

  /** The mask of that frame. */
  Optional<Picture> mask(String stream);

  /** Everything else, as a tree of JSON values: {@code streams, versions, counts, events}. */
  Map<String, ?> summary();
}
