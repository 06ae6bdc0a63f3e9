package io.segue.schemas;

/** The record was written with a schema that this build has never seen. */
public final class UnknownSchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long fingerprint;

  UnknownSchemaException(long fingerprint) {
    super(
        "schema fingerprint %s is not known to this build; upgrade the reader to the writer's version"
            .formatted(SchemaStore.hex(fingerprint)));
    this.fingerprint = fingerprint;
  }

  /** CRC-64-AVRO fingerprint of the writer's schema. */
  public long fingerprint() {
    return fingerprint;
  }
}
