package dev.tilewright.ptx;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Instructions of the PTX ISA 9.0 that the simulator does not have, and why. */
final class Unsimulated {
  private static final String TEXTURES = "textures and surfaces are not simulated";
  private static final String VIDEO = "video instructions are not simulated";
  private static final String TENSORS = "tensor maps and their copies are not simulated";
  private static final String SPARSE = "products of sparse matrices are not simulated";

  /** By how the name begins; of two that fit the longer counts. */
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("tex", TEXTURES),
          Map.entry("tld4", TEXTURES),
          Map.entry("txq", TEXTURES),
          Map.entry("suld", TEXTURES),
          Map.entry("sust", TEXTURES),
          Map.entry("sured", TEXTURES),
          Map.entry("suq", TEXTURES),
          Map.entry("istypep", TEXTURES),
          Map.entry("vadd", VIDEO),
          Map.entry("vsub", VIDEO),
          Map.entry("vabsdiff", VIDEO),
          Map.entry("vmin", VIDEO),
          Map.entry("vmax", VIDEO),
          Map.entry("vshl", VIDEO),
          Map.entry("vshr", VIDEO),
          Map.entry("vmad", VIDEO),
          Map.entry("vset", VIDEO),
          Map.entry("vavrg", VIDEO),
          Map.entry("mma.sp", SPARSE),
          Map.entry("wgmma", "products of warpgroups (sm_90a) are not simulated"),
          Map.entry("tcgen05", "the fifth generation of tensor cores (sm_100a) is not simulated"),
          Map.entry("multimem", "addresses of several devices are not simulated"),
          Map.entry("tensormap", TENSORS),
          Map.entry("cp.async.bulk.tensor", TENSORS),
          Map.entry("cp.async.bulk.prefetch.tensor", TENSORS),
          Map.entry("cp.reduce.async.bulk", "reductions in bulk are not simulated"),
          Map.entry("clusterlaunchcontrol", "launches by clusters are not simulated"));

  private Unsimulated() {}

  /** Why an instruction of that spelling is not there, empty where the ISA has none like it. */
  static Optional<String> reason(List<String> words) {
    for (int n = Math.min(4, words.size()); n > 0; n--) {
      String name = String.join(".", words.subList(0, n));
      String reason = REASONS.get(n == 1 ? name.replaceFirst("^(v[a-z]+)[24]$", "$1") : name);
      if (reason != null) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }
}
