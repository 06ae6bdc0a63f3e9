package io.segue.model.checkpoint;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Writes weights as a checkpoint with an object graph, so that the Model Garden's importer, {@code
 * tf.train.Checkpoint} and {@link CheckpointFile} read it: the key {@code a/b/kernel} becomes the
 * path a → b → kernel below the root.
 */
public final class CheckpointWriter {
  private static final String SUFFIX = "/.ATTRIBUTES/" + CheckpointFile.VALUE;

  private CheckpointWriter() {}

  /** The name under which a weight is stored. */
  public static String storedName(String key) {
    return key + SUFFIX;
  }

  /** Writes {@code <prefix>.index} and {@code <prefix>.data-00000-of-00001}. */
  public static void write(Path prefix, Weights weights) {
    List<TType> fed = new ArrayList<>();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      List<String> names = new ArrayList<>();
      List<Operand<?>> values = new ArrayList<>();
      Session.Runner runner = session.runner();
      for (Map.Entry<String, Weights.Tensor> weight : weights.tensors().entrySet()) {
        Weights.Tensor tensor = weight.getValue();
        Placeholder<TFloat32> value =
            tf.placeholder(TFloat32.class, Placeholder.shape(tensor.shape()));
        TFloat32 fedValue = TFloat32.tensorOf(tensor.shape(), DataBuffers.of(tensor.values()));
        fed.add(fedValue);
        runner.feed(value, fedValue);
        names.add(storedName(weight.getKey()));
        values.add(value);
      }
      Placeholder<TString> objects = tf.placeholder(TString.class);
      TString fedObjects =
          TString.tensorOfBytes(NdArrays.scalarOfObject(objectGraph(weights).toByteArray()));
      fed.add(fedObjects);
      runner.feed(objects, fedObjects);
      names.add(CheckpointFile.OBJECT_GRAPH);
      values.add(objects);
      String[] whole = new String[names.size()];
      Arrays.fill(whole, "");
      Op save =
          tf.train.save(
              tf.constant(prefix.toString()),
              tf.array(names.toArray(new String[0])),
              tf.array(whole),
              values);
      runner.addTarget(save).run().close();
    } finally {
      fed.forEach(TType::close);
    }
  }

  private static TrackableObjectGraph objectGraph(Weights weights) {
    List<TrackableObjectGraph.TrackableObject.Builder> nodes = new ArrayList<>();
    nodes.add(TrackableObjectGraph.TrackableObject.newBuilder());
    Map<String, Integer> ids = new HashMap<>();
    ids.put("", 0);
    for (String key : weights.keys()) {
      int parent = 0;
      StringBuilder path = new StringBuilder();
      for (String step : key.split("/", -1)) {
        path.append('/').append(step);
        Integer known = ids.get(path.toString());
        if (known == null) {
          known = nodes.size();
          ids.put(path.toString(), known);
          nodes.add(TrackableObjectGraph.TrackableObject.newBuilder());
          nodes.get(parent).addChildrenBuilder().setLocalName(step).setNodeId(known);
        }
        parent = known;
      }
      nodes
          .get(parent)
          .addAttributesBuilder()
          .setName(CheckpointFile.VALUE)
          .setFullNameBytes(ByteString.copyFromUtf8(key))
          .setCheckpointKey(storedName(key));
    }
    TrackableObjectGraph.Builder graph = TrackableObjectGraph.newBuilder();
    nodes.forEach(graph::addNodes);
    return graph.build();
  }
}
