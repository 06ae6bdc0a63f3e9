package io.segue.model.serve.form;

import io.segue.model.config.Processor;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which forms of the serving graph this processor takes. Each is tried before it is used: bfloat16
 * in a process of its own, because a processor that lacks it ends the process that tries. What was
 * found holds for all class loaders of this process.
 */
final class FormChoice {
  private static final Logger LOG = LoggerFactory.getLogger(FormChoice.class);

  /** System properties, not static fields: each job in a Flink process has a class loader. */
  private static final String REMEMBERED = "io.segue.serving.fault.";

  private final Processor processor;
  private final boolean gpus;
  private final Function<ServingForm, Optional<String>> inProcessOfItsOwn;
  private final Function<ServingForm, Optional<String>> here;

  /**
   * @param gpus whether this TensorFlow runs on GPUs
   * @param inProcessOfItsOwn why a form does not work, found out without danger to this process
   * @param here the same, found out in this process
   */
  FormChoice(
      Processor processor,
      boolean gpus,
      Function<ServingForm, Optional<String>> inProcessOfItsOwn,
      Function<ServingForm, Optional<String>> here) {
    this.processor = processor;
    this.gpus = gpus;
    this.inProcessOfItsOwn = inProcessOfItsOwn;
    this.here = here;
  }

  /** The form in which models serve here. */
  static ServingForm best(Precision precision) {
    return precision != Precision.FLOAT32 && remembered(ServingForm.FUSED_BFLOAT16).isEmpty()
        ? ServingForm.FUSED_BFLOAT16
        : float32();
  }

  /** The fastest float32 form here. */
  static ServingForm float32() {
    return Stream.of(ServingForm.MIXED_FLOAT32, ServingForm.FUSED_FLOAT32)
        .filter(it -> remembered(it).isEmpty())
        .findFirst()
        .orElse(ServingForm.PLAIN_FLOAT32);
  }

  private static synchronized Optional<String> remembered(ServingForm form) {
    String property = REMEMBERED + form;
    String known = System.getProperty(property);
    if (known == null) {
      FormChoice choice =
          new FormChoice(
              Processor.here(),
              !Devices.gpus().isEmpty(),
              ProofProcess.DEFAULT::fault,
              FormChoice::tried);
      known = choice.fault(form).orElse("");
      System.setProperty(property, known);
      if (known.isEmpty()) {
        LOG.info("Serving graphs in the form {} work on this processor", form);
      } else {
        LOG.info("No serving graphs in the form {}: {}", form, known);
      }
    }
    return Optional.of(known).filter(it -> !it.isEmpty());
  }

  /** Why a form cannot be used here; empty if it can. */
  Optional<String> fault(ServingForm form) {
    if (form != ServingForm.PLAIN_FLOAT32 && gpus) {
      return Optional.of("this TensorFlow runs on GPUs, and oneDNN's operations do not");
    }
    return switch (form) {
      case PLAIN_FLOAT32 -> Optional.empty();
      case FUSED_FLOAT32 -> here.apply(form);
      case MIXED_FLOAT32 ->
          processor.hasAvx512()
              ? Optional.of("the processor has AVX-512, on which it has not been measured")
              : here.apply(form);
      case FUSED_BFLOAT16 ->
          processor.hasBfloat16()
              ? inProcessOfItsOwn.apply(form)
              : Optional.of("the processor has none of " + Processor.BFLOAT16);
    };
  }

  private static Optional<String> tried(ServingForm form) {
    try {
      if (form == ServingForm.MIXED_FLOAT32 && !FormTrial.gathers()) {
        return Optional.of("TensorFlow hands all convolutions to oneDNN here");
      }
      return FormTrial.run(form);
    } catch (RuntimeException e) {
      return Optional.of("TensorFlow refuses it: " + e.getMessage());
    }
  }
}
