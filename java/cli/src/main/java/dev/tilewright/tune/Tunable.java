package dev.tilewright.tune;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.MachineSpec;
import dev.tilewright.schedule.Kernel;
import java.util.List;

/**
 * An op whose tiles {@code tw explain} shows and {@code tw tune} tries. Found as a service, so an
 * op of another jar takes part by naming its class in {@code
 * META-INF/services/dev.tilewright.tune.Tunable}.
 *
 * @param <S> the op's spec
 */
public interface Tunable<S> {
  /** The op's name on the command line. */
  String op();

  /** The keys of {@code --shape}. */
  List<Shape.Key> keys();

  /** What {@code --dtype} may be; the first is meant when it is absent. */
  List<DType> dtypes();

  /**
   * The problem in the op's own terms.
   *
   * @throws dev.tilewright.InvalidSpecException for a value that the op does not take
   */
  S spec(Shape shape, DType dtype);

  /**
   * The kernel that computes this problem on such a machine.
   *
   * @throws dev.tilewright.UnsupportedDeviceException when the op has no tile space for it
   */
  Kernel<S> kernel(Shape shape, MachineSpec machine);

  /**
   * The problem on a device that runs, with inputs and the oracle's results.
   *
   * @throws dev.tilewright.UnsupportedDeviceException when the op does not run there
   * @throws dev.tilewright.InvalidSpecException when the problem is too large for the oracle
   */
  Trials trials(S spec, Device device);
}
