package dev.tilewright.constrint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.function.Supplier;

/** Rule sets drawn at random, small enough for {@link BruteForce}. */
final class RandomRules {
  private static final String[] NAMES = {"A", "B", "C", "D"};
  private static final String[] COMPARISONS = {"==", "<=", "<", ">=", ">", "!="};

  private final Random random;
  private final boolean plain;
  private List<String> names;

  /** Whether a set may stand here: not in an objective, nor in a side of {@code !=}. */
  private boolean sets;

  /**
   * @param plain only what choco and CP-SAT can say too: no sets, powers of two, or division, and
   *     numbers of 32 bits
   */
  RandomRules(long seed, boolean plain) {
    random = new Random(seed);
    this.plain = plain;
  }

  /** The text of a rule set over two to four declared variables. */
  String next() {
    names = List.of(NAMES).subList(0, 2 + random.nextInt(3));
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append("var " + name + " in " + domain() + ";\n");
    }
    int rules = 1 + random.nextInt(4);
    for (int i = 0; i < rules; i++) {
      text.append(oneOrMore()).append(";\n");
    }
    return text.toString();
  }

  /** An objective over the variables of the last rule set. */
  String objective() {
    sets = false;
    return (random.nextBoolean() ? "maximize " : "minimize ") + sum(2);
  }

  /** The variables of the last rule set, in a random order. */
  List<String> shuffled() {
    List<String> shuffled = new ArrayList<>(names);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  boolean coin() {
    return random.nextBoolean();
  }

  private String domain() {
    int size =
        switch (names.size()) {
          case 2 -> 24;
          case 3 -> 9;
          default -> 5;
        };
    int from = plain || random.nextInt(3) > 0 ? 1 : random.nextInt(12) - 6;
    int step = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1;
    if (random.nextInt(4) > 0) {
      int to = from + step * (1 + random.nextInt(size));
      return from + ".." + to + (step > 1 ? " step " + step : "");
    }
    StringJoiner values = new StringJoiner(", ", "[", "]");
    for (int i = 0; i < 2 + random.nextInt(6); i++) {
      values.add(Integer.toString(from + random.nextInt(64)));
    }
    return values.toString();
  }

  private String oneOrMore() {
    String rule = rule();
    while (random.nextInt(6) == 0) {
      rule += " | " + rule();
    }
    return rule;
  }

  private String rule() {
    int kind = random.nextInt(plain ? 9 : 10);
    String op = kind < 6 ? "==" : COMPARISONS[random.nextInt(COMPARISONS.length)];
    sets = !op.equals("!=");
    if (kind < 4) {
      return sum(2) + " % " + divisor() + " == 0";
    }
    if (kind == 9) {
      return "pow2(" + sum(1) + ")";
    }
    return sum(2) + " " + op + " " + sum(2);
  }

  private String divisor() {
    return random.nextInt(3) > 0 ? product(1) : "(" + sum(1) + ")";
  }

  private String sum(int depth) {
    String sum = product(depth);
    while (random.nextInt(3) == 0) {
      sum += (random.nextInt(4) == 0 && !plain ? " - " : " + ") + product(depth);
    }
    return sum;
  }

  private String product(int depth) {
    String product = atom(depth);
    while (random.nextInt(5) < 2) {
      product += " * " + atom(depth);
    }
    return product;
  }

  private String atom(int depth) {
    int kind = random.nextInt(12);
    if (kind < 6 || depth == 0 && kind > 8) {
      return names.get(random.nextInt(names.size()));
    }
    if (kind < 9 || plain && kind > 9) {
      return Integer.toString(number());
    }
    if (kind == 9) {
      return names.get(random.nextInt(names.size())) + " ^ " + (plain ? 2 : random.nextInt(4));
    }
    List<Supplier<String>> more =
        List.of(
            () -> sets ? "[" + number() + ", " + number() + ", " + number() + "]" : "7",
            () -> "(" + sum(depth - 1) + ")",
            () -> "min(" + sum(depth - 1) + ", " + sum(depth - 1) + ")",
            () -> "max(" + sum(depth - 1) + ", " + sum(depth - 1) + ")",
            () -> "ceildiv(" + sum(depth - 1) + ", " + sum(depth - 1) + ")",
            () -> "floordiv(" + sum(depth - 1) + ", " + sum(depth - 1) + ")",
            () -> "(" + sum(depth - 1) + " / " + atom(depth - 1) + ")",
            () -> "(" + sum(depth - 1) + " % " + atom(depth - 1) + ")");
    return more.get(random.nextInt(more.size())).get();
  }

  private int number() {
    return random.nextInt(8) == 0 && !plain
        ? 0
        : 1 + random.nextInt(random.nextBoolean() ? 8 : 100);
  }
}
