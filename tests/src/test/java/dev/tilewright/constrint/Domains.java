package dev.tilewright.constrint;

import java.util.List;
import java.util.stream.LongStream;

/** Small domains, written out. */
final class Domains {
  private Domains() {}

  /** All values, ascending. */
  static List<Long> values(Domain domain) {
    if (domain.values() != null) {
      return LongStream.of(domain.values()).boxed().toList();
    }
    return LongStream.range(0, domain.size())
        .map(i -> domain.min() + i * domain.step())
        .boxed()
        .toList();
  }
}
