package dev.tilewright.schedule;

import dev.tilewright.MachineSpec;
import dev.tilewright.constrint.Query;
import java.util.List;
import java.util.Map;

/**
 * A kernel as the scheduler sees it: its tile space and its time model. Implementations are
 * immutable, and equal when they stand for the same kernel: the scheduler's cache is keyed by them.
 *
 * @param <S> the op's spec, with {@code equals} and {@code hashCode} by value, as records have
 */
public interface Kernel<S> {
  /** Name of the kernel: {@code fftconv_cpu}. Letters, digits, dots, dashes and underscores. */
  String name();

  /** Which tiles are legal. */
  TileSpace space();

  /**
   * The numbers of the problem and the machine that the tile space speaks of.
   *
   * @throws dev.tilewright.UnsupportedDeviceException when the kernel does not run on such a
   *     machine
   */
  Map<String, Long> constants(S spec, MachineSpec machine);

  /** The time that the kernel takes with a tile, from the numbers alone; runs nothing. */
  Prediction predict(S spec, MachineSpec machine, Tile tile);

  /** {@link Prediction#seconds} of {@link #predict}, for models that get it in less time alone. */
  default double seconds(S spec, MachineSpec machine, Tile tile) {
    return predict(spec, machine, tile).seconds();
  }

  /** The problem as a stable text of at most 400 characters: {@code B=2,H=64,L=16384}. */
  String problem(S spec);

  /**
   * Which version of the kernel a measured time is valid for, for example the hash of its sources:
   * stored schedules of another version are not used.
   */
  default String version() {
    return "1";
  }

  /**
   * The parameters of a tile, in order: variables of the tile space, or constants of the problem
   * that are part of the tile. Helper variables are not among them: the values of these decide
   * them.
   */
  List<String> parameters();

  /** How legal tiles are enumerated; the order of the answers breaks ties of the time model. */
  default Query query() {
    return Query.all();
  }
}
