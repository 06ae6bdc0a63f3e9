package io.segue.model.serve.form;

import java.util.Optional;

/**
 * Tries a form of the serving graph and says whether it can be used here: the program of a process
 * that may die of it. Ends with status 0 and {@link #PROVED} on the standard output if every
 * operation gave the right numbers.
 */
public final class FormProof {
  static final String PROVED = "segue-form-proved";

  private static final int DISAGREES = 3;

  private FormProof() {}

  /**
   * Runs the trial.
   *
   * @param arguments the name of a {@link ServingForm}
   */
  public static void main(String[] arguments) {
    Optional<String> fault = FormTrial.run(ServingForm.valueOf(arguments[0]));
    System.out.println(fault.orElse(PROVED));
    System.out.flush();
    Runtime.getRuntime().halt(fault.isPresent() ? DISAGREES : 0);
  }
}
