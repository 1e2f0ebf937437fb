package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.List;
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
  /**
   * Of the toolkit, wherever it is installed, and of the system: nobody looks for his fault there.
   */
  private static final Pattern FOREIGN =
      Pattern.compile(
          "(.*/)?(cuda[^/]*|nvidia|cu\\d+|targets)(/.*)?/include/.*"
              + "|(.*/)?(cccl|libcudacxx|cub|thrust|cooperative_groups)/.*"
              + "|/usr/(include|lib)/.*|<.*");

  /** From this line outward: each inlined call's place, the routine's own line last. */
  public List<SourceLocation> chain() {
    List<SourceLocation> all = new ArrayList<>();
    for (SourceLocation at = this; at != null; at = at.inlinedAt.orElse(null)) {
      all.add(at);
    }
    return all;
  }

  /**
   * The user's own line: the innermost of the chain that is in no header of the toolkit or the
   * system; where all are, the outermost.
   */
  public SourceLocation user() {
    List<SourceLocation> chain = chain();
    for (SourceLocation at : chain) {
      if (!FOREIGN.matcher(at.file.replace('\\', '/')).matches()) {
        return at;
      }
    }
    return chain.get(chain.size() - 1);
  }

  /** The file's name and the line: {@code scan.cu:12}. */
  @Override
  public String toString() {
    return file.substring(file.lastIndexOf('/') + 1) + ":" + line;
  }
}
