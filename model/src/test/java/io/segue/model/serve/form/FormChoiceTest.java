package io.segue.model.serve.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.segue.model.config.Processor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormChoiceTest {
  private static final Path JAVA = ProofProcess.DEFAULT.java();
  private static final Processor ABLE = new Processor(Set.of("avx2", "avx512_bf16"));
  private static final Processor UNABLE = new Processor(Set.of("avx2"));

  @TempDir private Path folder;

  private static FormChoice choice(
      Processor processor, Optional<String> proofFault, Optional<String> trialFault) {
    return new FormChoice(processor, false, form -> proofFault, form -> trialFault);
  }

  @Test
  void bfloat16IsTakenWhereTheProcessorHasItAndItsProofPasses() {
    assertThat(choice(ABLE, Optional.empty(), Optional.empty()).fault(ServingForm.FUSED_BFLOAT16))
        .isEmpty();
    assertThat(
            choice(new Processor(Set.of("amx_bf16")), Optional.empty(), Optional.empty())
                .fault(ServingForm.FUSED_BFLOAT16))
        .isEmpty();
  }

  @Test
  void bfloat16IsNotTriedWhereTheProcessorLacksIt() {
    FormChoice choice =
        new FormChoice(
            UNABLE,
            false,
            form -> {
              throw new AssertionError("tried");
            },
            form -> Optional.empty());
    assertThat(choice.fault(ServingForm.FUSED_BFLOAT16).orElseThrow()).contains("avx512_bf16");
    assertThat(choice.fault(ServingForm.FUSED_FLOAT32)).isEmpty();
  }

  @Test
  void aTensorFlowForGpusTakesPlainOperationsAlone() {
    FormChoice gpus =
        new FormChoice(ABLE, true, form -> Optional.empty(), form -> Optional.empty());
    assertThat(gpus.fault(ServingForm.FUSED_FLOAT32).orElseThrow()).contains("GPUs");
    assertThat(gpus.fault(ServingForm.FUSED_BFLOAT16).orElseThrow()).contains("GPUs");
    assertThat(gpus.fault(ServingForm.PLAIN_FLOAT32)).isEmpty();
  }

  @Test
  void convolutionsAreMixedWithoutAvx512AndWhereTensorFlowKeepsThemAlone() {
    Optional<String> none = Optional.empty();
    Processor wide = new Processor(Set.of("avx2", "avx512f"));
    assertThat(choice(UNABLE, none, none).fault(ServingForm.MIXED_FLOAT32)).isEmpty();
    assertThat(choice(wide, none, none).fault(ServingForm.MIXED_FLOAT32).orElseThrow())
        .contains("AVX-512");
    assumeThat(Devices.gpus()).as("GPUs").isEmpty();
    assumeThat(Processor.here().hasAvx512()).as("AVX-512").isFalse();
    String oneDnn = System.getenv("TF_ENABLE_ONEDNN_OPTS");
    boolean off =
        oneDnn == null ? !Processor.here().flags().contains("avx_vnni") : !oneDnn.equals("1");
    assertThat(FormChoice.float32())
        .as("with TF_ENABLE_ONEDNN_OPTS=%s", oneDnn)
        .isEqualTo(off ? ServingForm.MIXED_FLOAT32 : ServingForm.FUSED_FLOAT32);
  }

  @Test
  void plainFloat32AlwaysWorks() {
    Optional<String> fault = Optional.of("no");
    assertThat(choice(UNABLE, fault, fault).fault(ServingForm.FUSED_FLOAT32)).contains("no");
    assertThat(choice(UNABLE, fault, fault).fault(ServingForm.PLAIN_FLOAT32)).isEmpty();
  }

  /** The crash is a real one: oneDNN ends a process that multiplies bfloat16 without AVX-512. */
  @Test
  void aProofThatCrashesLeavesThisProcessAliveAndFloat32ToServe() {
    assumeThat(bfloat16()).as("a processor on which bfloat16 crashes").isFalse();
    assumeThat(Devices.gpus()).as("GPUs").isEmpty();
    FormChoice forced =
        new FormChoice(ABLE, false, ProofProcess.DEFAULT::fault, form -> Optional.empty());
    assertThat(forced.fault(ServingForm.FUSED_BFLOAT16).orElseThrow())
        .startsWith("its proof ended with status ");
    assertThat(FormChoice.best(Precision.AUTO)).isEqualTo(FormChoice.float32());
  }

  @Test
  void theProofPassesOnAProcessorWithBfloat16() {
    assumeThat(bfloat16()).as("a processor with bfloat16").isTrue();
    assumeThat(Devices.gpus()).as("GPUs").isEmpty();
    assertThat(ProofProcess.DEFAULT.fault(ServingForm.FUSED_BFLOAT16)).isEmpty();
    assertThat(FormChoice.best(Precision.AUTO)).isEqualTo(ServingForm.FUSED_BFLOAT16);
    assertThat(FormChoice.best(Precision.FLOAT32)).isEqualTo(FormChoice.float32());
  }

  private static boolean bfloat16() {
    return Processor.here().hasBfloat16();
  }

  @Test
  void aProcessThatCannotBeStartedIsNoProof() {
    ProofProcess none = new ProofProcess(folder.resolve("java"), Duration.ofSeconds(60));
    assertThat(none.fault(ServingForm.FUSED_BFLOAT16).orElseThrow())
        .startsWith("no process could be started to prove it: ");
  }

  @Test
  void aProofThatTakesTooLongIsNone() {
    ProofProcess hasty = new ProofProcess(JAVA, Duration.ofMillis(1));
    assertThat(hasty.fault(ServingForm.FUSED_BFLOAT16))
        .contains("its proof took more than PT0.001S");
  }

  @Test
  void readsTheFlagsOfTheFirstProcessor() throws Exception {
    Path cpu = folder.resolve("cpuinfo");
    Files.writeString(cpu, "processor : 0\nflags\t\t: fpu avx2 amx_bf16\n\nflags : sse\n");
    assertThat(Processor.read(cpu).flags()).containsExactlyInAnyOrder("fpu", "avx2", "amx_bf16");
    assertThat(Processor.read(folder.resolve("none")).flags()).isEmpty();
  }
}
