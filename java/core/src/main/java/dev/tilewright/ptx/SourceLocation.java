package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A line of the source that PTX was compiled from ({@code .loc}), with the chain of calls that were
 * inlined.
 *
 * @param file the path as the compiler wrote it
 * @param line from 1; 0 when the compiler did not know it
 * @param column from 1; 0 when unknown
 * @param function the mangled name of the inlined function this line is in, or "" for the routine's
 *     own line
 * @param inlinedAt where that function was called from
 */
public record SourceLocation(
    String file, int line, int column, String function, Optional<SourceLocation> inlinedAt) {
  private static final Pattern HEADER = Pattern.compile(".*\\.(h|hh|hpp|hxx|inl|cuh)$|[^.]*$");
  private static final Pattern TOOLKIT =
      Pattern.compile(".*(^|/)(cuda[^/]*|nvidia|cu\\d+|cccl|crt|libcudacxx|nv)(/.*)?/[^/]*$");

  /** From this line outward: each inlined call's place, the routine's own line last. */
  public List<SourceLocation> chain() {
    List<SourceLocation> all = new ArrayList<>();
    for (SourceLocation at = this; at != null; at = at.inlinedAt.orElse(null)) {
      all.add(at);
    }
    return all;
  }

  /**
   * The user's own line: the innermost of the chain that is in no header; when all are, the
   * innermost in no header of the CUDA toolkit; else the outermost.
   */
  public SourceLocation user() {
    List<SourceLocation> chain = chain();
    for (SourceLocation at : chain) {
      if (!at.isHeader()) {
        return at;
      }
    }
    for (SourceLocation at : chain) {
      if (!TOOLKIT.matcher(at.file).matches()) {
        return at;
      }
    }
    return chain.get(chain.size() - 1);
  }

  private boolean isHeader() {
    String name = file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return HEADER.matcher(name).matches();
  }

  /** The file's name and the line: {@code scan.cu:12}. */
  @Override
  public String toString() {
    return file.substring(file.lastIndexOf('/') + 1) + ":" + line;
  }
}
