package dev.tilewright.bench;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.bench.FftConvCase.Pass;
import dev.tilewright.op.FftConv;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Our own slower ways to the same result, timed beside a case that claims to be faster than they
 * are: a cached filter against one that is transformed in the call, a short filter against one
 * padded to the sequence, 16-bit storage against f32, some frequencies against all of them, and
 * decoding against computing each step anew.
 */
final class References {
  private References() {}

  static Map<String, Contender> of(Device device, FftConvCase c, Inputs inputs) {
    Map<String, Contender> references = new LinkedHashMap<>();
    if (c.pass() == Pass.STEP) {
      return references;
    }
    if (c.cached() && c.pass() == Pass.FORWARD) {
      references.put("ours-uncached", new Ours(device, c.withCached(false), inputs));
    }
    if (c.sparse() != null) {
      references.put("ours-dense", new Ours(device, c.withSparse(null), inputs));
    }
    if (c.sparse() == null && c.taps() < c.length() && c.mode() != FftConv.Mode.BIDIRECTIONAL) {
      references.put("ours-full", new Ours(device, c.withTaps(c.length()), inputs));
    }
    if (c.dtype() != DType.F32) {
      references.put("ours-f32", new Ours(device, c.withDtype(DType.F32), inputs));
    }
    return references;
  }

  /**
   * Milliseconds of decoding the case's sequence by computing each step anew: step t is a forward
   * call, with a cached filter, over the smallest power of two that holds t + 1 inputs. One length
   * after the other is measured and counted as often as it is needed.
   */
  static double recomputeMillis(Device device, FftConvCase c, Inputs inputs) {
    double total = 0;
    long done = 0;
    for (long n = 1; done < c.length(); n *= 2) {
      long steps = Math.min(n, c.length()) - done;
      FftConvCase prefix =
          FftConvCase.of(c.batch(), c.channels(), n)
              .withMode(FftConv.Mode.CAUSAL)
              .withGated(c.gated())
              .withDtype(c.dtype())
              .withCached(true);
      Samples samples = new Samples();
      try (Inputs own = new Inputs(device, prefix);
          Ours ours = new Ours(device, prefix, own)) {
        samples.add(ours.time(21));
      }
      total += steps * samples.median();
      done += steps;
    }
    return total;
  }
}
