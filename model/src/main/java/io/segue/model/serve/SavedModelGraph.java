package io.segue.model.serve;

import com.google.protobuf.ByteString;
import io.segue.model.checkpoint.CheckpointWriter;
import io.segue.model.config.ModelSpec;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.Resampling;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import io.segue.model.network.SegmentationModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The graph of an exported model: signature {@code serving_default}, input {@code inputs} (see
 * {@link ExportOptions.InputType}), outputs {@code logits} (float32 {@code [batch, height, width,
 * classes]} at the spec's input size), {@code mask_scores} where the network has them, and {@code
 * image_info} (float32 {@code [batch, 4, 2]}: original size, input size, scale, offset), as the
 * reference's exporter names them.
 */
final class SavedModelGraph {
  private static final String PREDICT = "tensorflow/serving/predict";

  private final Map<String, Shape> weights = new LinkedHashMap<>();
  private final SavedModel savedModel;

  private SavedModelGraph(ModelSpec spec, ExportOptions options) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf, 0);
      ExportInputs taken = new ExportInputs(tf, options);
      Operand<?> inputs;
      Map<String, Operand<?>> outputs;
      switch (options.inputType()) {
        case TFLITE -> {
          Placeholder<TFloat32> normalised = taken.normalised(spec);
          inputs = normalised;
          outputs = outputs(tf, spec, store, normalised);
        }
        case IMAGE_TENSOR -> {
          Placeholder<TUint8> pixels = taken.pixels();
          inputs = pixels;
          outputs = outputs(tf, spec, store, pixels, options);
        }
        default -> {
          Placeholder<TString> encoded = taken.encoded();
          inputs = encoded;
          outputs = outputs(tf, spec, store, taken.decoded(encoded), options);
        }
      }
      store.variables().forEach(it -> weights.put(it.key(), it.shape()));
      MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
      StringConstants texts = new StringConstants();
      meta.setSaverDef(saver(tf, store, texts));
      meta.putCollectionDef("variables", variables(tf, store, false));
      meta.putCollectionDef("trainable_variables", variables(tf, store, true));
      meta.putSignatureDef("serving_default", signature(inputs, outputs));
      meta.getMetaInfoDefBuilder().addTags("serve").setTensorflowVersion("2.18.0");
      meta.setGraphDef(texts.unpacked(graph.toGraphDef()));
      savedModel =
          SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build();
    }
  }

  static SavedModelGraph of(ModelSpec spec, ExportOptions options) {
    return new SavedModelGraph(spec, options);
  }

  /** Shapes of the weights that the graph restores, by key. */
  Map<String, Shape> weights() {
    return Collections.unmodifiableMap(weights);
  }

  SavedModel toSavedModel() {
    return savedModel;
  }

  private static Map<String, Operand<?>> outputs(
      Ops tf, ModelSpec spec, VariableStore store, Operand<TUint8> images, ExportOptions options) {
    ImageFit fit = new ImageFit(tf, spec, images, options.preserveAspectRatio());
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("image_info", fit.imageInfo());
    SegmentationModel.Outputs network = network(tf, spec, store, fit.fitted());
    int[] input = {spec.inputHeight(), spec.inputWidth()};
    outputs.put(
        "logits",
        options.rescaleOutput()
            ? fit.rescaled(network.logits())
            : Resampling.bilinear(tf, network.logits(), tf.constant(input)));
    network.maskScores().ifPresent(it -> outputs.put("mask_scores", it));
    return outputs;
  }

  private static Map<String, Operand<?>> outputs(
      Ops tf, ModelSpec spec, VariableStore store, Operand<TFloat32> normalised) {
    int[] input = {spec.inputHeight(), spec.inputWidth()};
    SegmentationModel.Outputs network = network(tf, spec, store, normalised);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("logits", Resampling.bilinear(tf, network.logits(), tf.constant(input)));
    network.maskScores().ifPresent(it -> outputs.put("mask_scores", it));
    return outputs;
  }

  private static SegmentationModel.Outputs network(
      Ops tf, ModelSpec spec, VariableStore store, Operand<TFloat32> normalised) {
    return SegmentationModel.of(spec.network())
        .build(VariableLayers.evaluation(tf, store), normalised);
  }

  private static SaverDef saver(Ops tf, VariableStore store, StringConstants texts) {
    Placeholder<TString> file =
        tf.withName("saver_filename").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    List<NetworkVariable> variables = List.copyOf(store.variables());
    Operand<TString> names =
        texts.of(tf, variables.stream().map(it -> CheckpointWriter.storedName(it.key())).toList());
    Operand<TString> slices = texts.of(tf, Collections.nCopies(variables.size(), ""));
    List<Class<? extends TType>> types = Collections.nCopies(variables.size(), TFloat32.class);
    List<Op> assigns = new ArrayList<>();
    List<Operand<?>> values = new ArrayList<>();
    List<? extends Operand<?>> restored = tf.train.restore(file, names, slices, types).tensors();
    for (int i = 0; i < variables.size(); i++) {
      assigns.add(tf.assignVariableOp(variables.get(i).handle(), restored.get(i)));
      values.add(variables.get(i).value());
    }
    Op restore = tf.withControlDependencies(assigns).withName("restore_all").noOp();
    Op save = tf.train.save(file, names, slices, values);
    Operand<TString> saved = tf.withControlDependencies(save).withName("save_all").identity(file);
    return SaverDef.newBuilder()
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .setFilenameTensorName(file.op().name() + ":0")
        .setSaveTensorName(saved.op().name() + ":0")
        .setRestoreOpName(restore.op().name())
        .build();
  }

  private static CollectionDef variables(Ops tf, VariableStore store, boolean trainableOnly) {
    CollectionDef.Builder collection = CollectionDef.newBuilder();
    for (NetworkVariable variable : store.variables()) {
      if (trainableOnly && !variable.trainable()) {
        continue;
      }
      Op assign = tf.assignVariableOp(variable.handle(), variable.initial());
      collection
          .getBytesListBuilder()
          .addValue(
              VariableDef.newBuilder()
                  .setVariableName(variable.handle().op().name() + ":0")
                  .setInitialValueName(variable.initial().op().name() + ":0")
                  .setInitializerName(assign.op().name())
                  .setSnapshotName(variable.value().op().name() + ":0")
                  .setIsResource(true)
                  .setTrainable(variable.trainable())
                  .build()
                  .toByteString());
    }
    return collection.build();
  }

  private static SignatureDef signature(Operand<?> inputs, Map<String, Operand<?>> outputs) {
    SignatureDef.Builder signature = SignatureDef.newBuilder().setMethodName(PREDICT);
    signature.putInputs("inputs", tensorInfo(inputs));
    outputs.forEach((name, output) -> signature.putOutputs(name, tensorInfo(output)));
    return signature.build();
  }

  private static TensorInfo tensorInfo(Operand<?> operand) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : operand.shape().asArray()) {
      shape.addDimBuilder().setSize(size);
    }
    DataType type =
        operand.type() == TUint8.class
            ? DataType.DT_UINT8
            : operand.type() == TString.class ? DataType.DT_STRING : DataType.DT_FLOAT;
    return TensorInfo.newBuilder()
        .setNameBytes(ByteString.copyFromUtf8(operand.op().name() + ":0"))
        .setDtype(type)
        .setTensorShape(shape)
        .build();
  }
}
