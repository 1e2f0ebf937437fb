package dev.tilewright.bench;

/** What we are compared with. */
interface Baseline extends AutoCloseable {
  /** As the command line and the report spell it. */
  String name();

  /** Library, version, code path. */
  String describe();

  /** Whether it can do this case; what it cannot do is left out of the row. */
  boolean supports(FftConvCase problem);

  Contender plan(FftConvCase problem, Inputs inputs);

  @Override
  void close();
}
