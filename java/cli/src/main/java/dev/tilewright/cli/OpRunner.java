package dev.tilewright.cli;

import java.util.List;

/**
 * One op on the command line: what it takes and gives, and how it runs. {@code ops} prints it,
 * {@code run} obeys it; a new op is one class and its line in {@link #all}.
 */
interface OpRunner {
  /**
   * An input or output array: its name, its shape in letters such as {@code [B,H,L]}, and what it
   * is.
   */
  record Port(String name, String shape, String help) {}

  /**
   * A value of {@code --set}: its name, the words allowed, the word meant when it is absent, and
   * what it decides.
   */
  record Setting(String name, List<String> allowed, String defaultValue, String help) {}

  /** Every op, in the order of {@code tw ops}. */
  static List<OpRunner> all() {
    return List.of(new FftConvRunner(), new Conv1dRunner());
  }

  String name();

  String summary();

  List<Port> inputs();

  List<Port> outputs();

  List<Setting> settings();

  default List<String> dtypes() {
    return settings().stream()
        .filter(s -> s.name().equals("dtype"))
        .flatMap(s -> s.allowed().stream())
        .toList();
  }

  default List<String> devices() {
    return List.of("cpu");
  }

  /**
   * Runs the op: loads what it needs from the request, measures, saves the outputs asked for, and
   * checks them where the request says so.
   *
   * @throws InputException for shapes and settings that do not fit
   */
  RunReport run(RunRequest request);
}
