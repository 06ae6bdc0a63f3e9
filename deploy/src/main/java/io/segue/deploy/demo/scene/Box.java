package io.segue.deploy.demo.scene;

/** A rectangle in picture units, {@code y} downwards. */
record Box(double left, double top, double right, double bottom) {
  static final Box ALL = new Box(0, 0, 1, 1);

  double width() {
    return right - left;
  }

  double height() {
    return bottom - top;
  }

  double centreX() {
    return (left + right) / 2;
  }

  /** Where {@code x} lies in the box: 0 = left edge, 1 = right edge. */
  double across(double x) {
    return (x - left) / width();
  }

  /** Where {@code y} lies in the box: 0 = top edge, 1 = bottom edge. */
  double down(double y) {
    return (y - top) / height();
  }
}
