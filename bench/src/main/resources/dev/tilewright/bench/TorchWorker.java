import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch's side of ChildBaseline, through the JavaCPP preset: rfft, product, irfft, gates
 * pointwise, autograd for the backward. Run as a single source file; see ChildBaseline for the
 * lines.
 */
public final class TorchWorker {
  private static final class Case implements AutoCloseable {
    final PointerScope scope = new PointerScope();
    final long[] shape;
    final long taps;
    final String mode;
    final boolean gated;
    final boolean cached;
    final boolean hasForward;
    final boolean hasBackward;
    final LongOptional n;
    final Path dir;
    final Map<String, Tensor> inputs = new LinkedHashMap<>();
    final StringViewOptional norm = new StringViewOptional();
    Tensor dy;
    Tensor spectrum;

    Case(String[] w) throws IOException {
      shape = new long[] {Long.parseLong(w[1]), Long.parseLong(w[2]), Long.parseLong(w[3])};
      taps = Long.parseLong(w[4]);
      mode = w[5];
      gated = w[6].equals("1");
      cached = w[7].equals("1");
      hasForward = !w[8].equals("backward");
      hasBackward = !w[8].equals("forward");
      n = new LongOptional(Long.parseLong(w[9]));
      dir = Path.of(w[10]);
      inputs.put("u", read("u", shape));
      inputs.put("k", read("k", shape[1], taps));
      if (gated) {
        inputs.put("pregate", read("pregate", shape));
        inputs.put("postgate", read("postgate", shape));
      }
      if (hasBackward) {
        dy = read("dy", shape);
        inputs.values().forEach(t -> t.requires_grad_(true));
      }
      if (cached) {
        spectrum = torch.fft_rfft(filter(), n, -1, norm);
      }
    }

    Tensor read(String name, long... dims) throws IOException {
      byte[] bytes = Files.readAllBytes(dir.resolve(name));
      float[] values = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      try (FloatPointer data = new FloatPointer(values)) {
        return torch.from_blob(data, dims).clone();
      }
    }

    /** The filter as the transform of length n wants it. */
    Tensor filter() {
      Tensor k = inputs.get("k");
      long length = shape[2];
      if (mode.equals("causal")) {
        return taps > length ? k.narrow(1, 0, length) : k;
      }
      if (mode.equals("circular")) {
        Tensor folded = k.narrow(1, 0, Math.min(taps, length));
        for (long from = length; from < taps; from += length) {
          Tensor turn = k.narrow(1, from, Math.min(length, taps - from));
          folded = folded.add(torch.constant_pad_nd(turn, new long[] {0, length - turn.size(1)}));
        }
        return folded;
      }
      if (taps == n.get()) {
        return k;
      }
      long positive = Math.min((taps + 1) / 2, length);
      long negative = Math.min(taps / 2, length - 1);
      Tensor late =
          torch.constant_pad_nd(
              k.narrow(1, taps - negative, negative), new long[] {n.get() - negative, 0});
      Tensor early =
          torch.constant_pad_nd(k.narrow(1, 0, positive), new long[] {0, n.get() - positive});
      return early.add(late);
    }

    Tensor gate(Tensor t, String gate) {
      return gated ? t.mul(inputs.get(gate)) : t;
    }

    Tensor forward() {
      Tensor k = cached ? spectrum : torch.fft_rfft(filter(), n, -1, norm);
      Tensor u = torch.fft_rfft(gate(inputs.get("u"), "pregate"), n, -1, norm);
      Tensor y = torch.fft_irfft(u.mul(k), n, -1, norm).narrow(2, 0, shape[2]);
      return gate(y, "postgate");
    }

    /** Bytes of the tensors between the inputs and the output of a forward call. */
    long intermediates() {
      try (PointerScope call = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor k = cached ? spectrum : torch.fft_rfft(filter(), n, -1, norm);
        Tensor v = gate(inputs.get("u"), "pregate");
        Tensor u = torch.fft_rfft(v, n, -1, norm);
        Tensor product = u.mul(k);
        Tensor y = torch.fft_irfft(product, n, -1, norm);
        long bytes = k.nbytes() + u.nbytes() + product.nbytes() + y.nbytes();
        return gated ? bytes + v.nbytes() : bytes;
      }
    }

    Tensor call() {
      if (!hasBackward) {
        try (NoGradGuard guard = new NoGradGuard()) {
          return forward();
        }
      }
      Tensor y = forward();
      y.backward(dy, new BoolOptional(), false, new TensorArrayRefOptional());
      return y;
    }

    void dropGradients() {
      for (Tensor t : inputs.values()) {
        t.mutable_grad().reset();
      }
    }

    void run() throws IOException {
      try (PointerScope call = new PointerScope()) {
        Tensor y = call();
        if (hasForward) {
          write("y", y);
        }
        if (hasBackward) {
          for (Map.Entry<String, Tensor> e : inputs.entrySet()) {
            write("d" + e.getKey(), e.getValue().grad());
          }
          dropGradients();
        }
      }
    }

    void write(String name, Tensor t) throws IOException {
      Tensor whole = t.detach().contiguous();
      float[] values = new float[(int) whole.numel()];
      whole.data_ptr_float().get(values);
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      Files.write(dir.resolve(name + ".out"), bytes.array());
    }

    String time(int calls) {
      StringBuilder nanos = new StringBuilder();
      long begun = System.nanoTime();
      for (int i = -3; i < calls; i++) {
        if (i < -1 && System.nanoTime() - begun > 30_000_000) {
          i = -1; // warm enough
        }
        long start = System.nanoTime();
        try (PointerScope call = new PointerScope()) {
          call();
          if (hasBackward) {
            dropGradients();
          }
        }
        if (i >= 0) {
          nanos.append(i == 0 ? "" : " ").append(System.nanoTime() - start);
        }
      }
      return nanos.toString();
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  private static Case current;

  private static String answer(String[] words) throws IOException {
    switch (words[0]) {
      case "hello":
        torch.set_num_threads(Integer.parseInt(words[1]));
        return System.getProperty("baseline.version") + ", " + torch.get_num_threads() + " threads";
      case "case":
        current = new Case(words);
        return Long.toString(current.intermediates());
      case "run":
        current.run();
        return "ok";
      case "time":
        return current.time(Integer.parseInt(words[1]));
      case "end":
        current.close();
        current = null;
        return "ok";
      default:
        throw new IllegalArgumentException("unknown request " + words[0]);
    }
  }

  public static void main(String[] args) throws IOException {
    // Libraries may print; the protocol has the real stdout to itself.
    PrintStream out = System.out;
    System.setOut(System.err);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null && !line.equals("quit"); ) {
      String reply;
      try {
        reply = answer(line.split(" "));
      } catch (RuntimeException | IOException e) {
        reply = "error " + e.toString().replaceAll("\\s+", " ");
      }
      out.println(reply);
      out.flush();
    }
  }
}
