package dev.tilewright.constrint;

/**
 * A sum over the registers of a {@link Search}: a constant, and terms {@code coefficient * register
 * * other}. Immutable. Two terms are fields, as most sums have no more and arrays cost checks.
 */
final class Linear {
  final long constant;
  private final long c0;
  private final int r0;
  private final long c1;
  private final int r1;

  /** The terms beyond two, and those that have two registers. */
  private final Term[] more;

  /** {@code coefficient * register * other}; register 0 is 1. */
  record Term(long coefficient, int register, int other) {}

  /** Of terms whose registers are not 0. */
  private Linear(long constant, Term[] terms, int count) {
    this.constant = constant;
    int plain = 0;
    while (plain < 2 && plain < count && terms[plain].other == 0) {
      plain++;
    }
    c0 = plain > 0 ? terms[0].coefficient : 0;
    r0 = plain > 0 ? terms[0].register : 0;
    c1 = plain > 1 ? terms[1].coefficient : 0;
    r1 = plain > 1 ? terms[1].register : 0;
    more = count > plain ? java.util.Arrays.copyOfRange(terms, plain, count) : null;
  }

  /** The sum of the first {@code count} terms, like ones joined; orders the array. */
  static Linear of(Term[] terms, int count) {
    long constant = 0;
    int size = 0;
    for (int i = 0; i < count; i++) {
      Term term = terms[i];
      if (term.register == 0) {
        term = new Term(term.coefficient, term.other, 0);
      }
      if (term.register == 0) {
        constant += term.coefficient;
        continue;
      }
      int same = 0;
      while (same < size
          && (terms[same].register != term.register || terms[same].other != term.other)) {
        same++;
      }
      if (same < size) {
        term = new Term(terms[same].coefficient + term.coefficient, term.register, term.other);
      } else {
        size++;
      }
      terms[same] = term;
    }
    // Those with one register first.
    int plain = 0;
    for (int i = 0; i < size; i++) {
      if (terms[i].other == 0) {
        Term swap = terms[plain];
        terms[plain++] = terms[i];
        terms[i] = swap;
      }
    }
    return new Linear(constant, terms, size);
  }

  boolean isConstant() {
    return c0 == 0 && more == null;
  }

  /** Whether it is this number times this register. */
  boolean is(long coefficient, int register) {
    return register == 0
        ? isConstant() && constant == coefficient
        : constant == 0 && c0 == coefficient && r0 == register && c1 == 0 && more == null;
  }

  long value(long[] r) {
    long sum = constant + c0 * r[r0] + c1 * r[r1];
    return more == null ? sum : sum + rest(r);
  }

  private long rest(long[] r) {
    long sum = 0;
    for (Term term : more) {
      sum += term.coefficient * r[term.register] * r[term.other];
    }
    return sum;
  }
}
