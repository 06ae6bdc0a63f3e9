package io.segue.deploy.demo.count;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LearnedContentsTest {
  private final LearnedContents learned = new LearnedContents();

  @Test
  void clearsAVersionThatServedBeforeTheLabelWasSent() {
    learned.served(1, 10);
    learned.labelSent("image", 20);

    assertThat(learned.mayHaveLearned(1, "image")).isFalse();
  }

  @Test
  void suspectsAVersionThatTurnedUpAfterTheLabel() {
    learned.labelSent("image", 20);
    learned.served(2, 30);
    learned.labelSent("image", 40);

    assertThat(learned.mayHaveLearned(2, "image")).isTrue();
    assertThat(learned.mayHaveLearned(2, "another")).isFalse();
  }
}
