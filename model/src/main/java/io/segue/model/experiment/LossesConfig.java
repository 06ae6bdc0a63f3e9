package io.segue.model.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.segue.model.config.ConfigException;
import io.segue.model.config.ConfigReader;
import io.segue.model.loss.ClassesMode;
import io.segue.model.loss.Loss;
import io.segue.model.loss.LossProvider;
import io.segue.model.loss.LovaszSoftmaxLoss;
import io.segue.model.loss.SegmentationLoss;
import io.segue.model.loss.SoftDiceLoss;
import io.segue.model.loss.SoftmaxFocalLoss;
import io.segue.model.loss.WeightedSum;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * {@code task.losses}, with the reference's keys and defaults, and a weighted sum of several losses
 * that the reference lacks.
 *
 * @param lossWeight factor on everything, weight decay included
 * @param labelSmoothing see {@link SegmentationLoss}
 * @param ignoreLabel see {@link SegmentationLoss}; it is the ignore value of the taxonomy
 * @param gtIsMattingMap see {@link SegmentationLoss}
 * @param classWeights see {@link SegmentationLoss}
 * @param l2WeightDecay each regularised kernel adds {@code l2_weight_decay / 2 · Σw²}
 * @param useGroundtruthDimension see {@link SegmentationLoss}
 * @param useBinaryCrossEntropy see {@link SegmentationLoss}
 * @param topKPercentPixels see {@link SegmentationLoss}
 * @param maskScoringWeight factor on the loss of a mask-scoring head
 * @param terms what is summed; empty: the segmentation loss alone
 */
public record LossesConfig(
    double lossWeight,
    double labelSmoothing,
    int ignoreLabel,
    boolean gtIsMattingMap,
    List<Double> classWeights,
    double l2WeightDecay,
    boolean useGroundtruthDimension,
    boolean useBinaryCrossEntropy,
    @JsonProperty("top_k_percent_pixels") double topKPercentPixels,
    double maskScoringWeight,
    List<LossTerm> terms) {
  /** The reference's defaults. */
  static final LossesConfig DEFAULT =
      new LossesConfig(1, 0, 255, false, List.of(), 0, true, false, 1, 1, List.of());

  private static final String SEGMENTATION = "segmentation";

  public LossesConfig {
    classWeights = List.copyOf(classWeights);
    terms = List.copyOf(terms);
    if (gtIsMattingMap && !terms.stream().allMatch(it -> it.type().equals(SEGMENTATION))) {
      throw new ConfigException(
          "losses.gt_is_matting_map: only the segmentation loss reads matting maps; remove the other terms");
    }
  }

  /** Options of {@code dice}. */
  record DiceOptions(String classes, boolean perImage, double smooth) {}

  /** Options of {@code lovasz}. */
  record LovaszOptions(String classes, boolean perImage) {}

  /** Options of {@code focal}. */
  record FocalOptions(double gamma, List<Double> alpha) {}

  /**
   * What is minimised, without weight decay and mask scoring.
   *
   * @throws ConfigException for an unknown type or option
   */
  Loss loss(int classes) {
    if (terms.isEmpty()) {
      return segmentation(classes);
    }
    return new WeightedSum(
        terms.stream()
            .map(it -> new WeightedSum.Term(it.weight().orElse(1.0), term(it, classes)))
            .toList());
  }

  private Loss segmentation(int classes) {
    if (!classWeights.isEmpty() && classWeights.size() != classes) {
      throw new ConfigException(
          "losses.class_weights: %d weights for %d classes; give one for each"
              .formatted(classWeights.size(), classes));
    }
    return new SegmentationLoss(
        labelSmoothing,
        classWeights,
        ignoreLabel,
        useGroundtruthDimension,
        useBinaryCrossEntropy,
        topKPercentPixels,
        gtIsMattingMap);
  }

  private Loss term(LossTerm term, int classes) {
    return switch (term.type()) {
      case SEGMENTATION -> {
        options(term, Map.of());
        yield segmentation(classes);
      }
      case "focal" -> {
        FocalOptions it = options(term, new FocalOptions(2, List.of()));
        yield new SoftmaxFocalLoss(ignoreLabel, it.gamma(), it.alpha());
      }
      case "dice" -> {
        DiceOptions it = options(term, new DiceOptions("present", false, 1));
        yield new SoftDiceLoss(ignoreLabel, mode(term, it.classes()), it.perImage(), it.smooth());
      }
      case "lovasz" -> {
        LovaszOptions it = options(term, new LovaszOptions("present", false));
        yield new LovaszSoftmaxLoss(ignoreLabel, mode(term, it.classes()), it.perImage());
      }
      default -> provided(term, classes);
    };
  }

  private static <T> T options(LossTerm term, T defaults) {
    try {
      if (defaults instanceof Map && !term.options().isEmpty()) {
        throw new ConfigException("has no options of its own; write them under losses");
      }
      return ConfigReader.read(ConfigReader.write(term.options()), defaults);
    } catch (ConfigException e) {
      throw new ConfigException(
          "losses.terms, %s.options: %s".formatted(term.type(), e.getMessage()), e);
    }
  }

  private static ClassesMode mode(LossTerm term, String classes) {
    return switch (classes) {
      case "present" -> ClassesMode.PRESENT;
      case "all" -> ClassesMode.ALL;
      default ->
          throw new ConfigException(
              "losses.terms, %s.options.classes: '%s' is neither 'present' nor 'all'"
                  .formatted(term.type(), classes));
    };
  }

  private Loss provided(LossTerm term, int classes) {
    TreeSet<String> types = new TreeSet<>(List.of(SEGMENTATION, "focal", "dice", "lovasz"));
    for (LossProvider provider : ServiceLoader.load(LossProvider.class)) {
      if (provider.type().equals(term.type())) {
        return provider.create(term.options(), classes, ignoreLabel);
      }
      types.add(provider.type());
    }
    throw new ConfigException(
        "losses.terms: type '%s' is unknown; there are %s".formatted(term.type(), types));
  }
}
