/**
 * What a user of Tilewright sees first.
 *
 * <ul>
 *   <li>Where work runs: {@link dev.tilewright.Device}, opened by name or by {@link
 *       dev.tilewright.Device#best}; {@link dev.tilewright.Stream}, its queues; {@link
 *       dev.tilewright.DeviceProvider}, how a kind of device is added.
 *   <li>GPUs: {@link dev.tilewright.GpuDevice} with {@link dev.tilewright.GpuStream}, {@link
 *       dev.tilewright.GpuEvent}, {@link dev.tilewright.GpuModule}, {@link
 *       dev.tilewright.GpuKernel}; {@link dev.tilewright.GpuLaunch} and {@link
 *       dev.tilewright.GpuArguments}, what a launch takes.
 *   <li>What it works on: {@link dev.tilewright.Tensor}, {@link dev.tilewright.DType}, {@link
 *       dev.tilewright.Half} for 16-bit values, {@link dev.tilewright.NativeMemory} below them.
 *   <li>The machine: {@link dev.tilewright.MachineSpec} with {@link dev.tilewright.CpuSpec}, {@link
 *       dev.tilewright.CpuLevel} and {@link dev.tilewright.GpuSpec}; {@link dev.tilewright.Cuda},
 *       why CUDA cannot be used; {@link dev.tilewright.NativeLibrary}, why the kernels do not load;
 *       {@link dev.tilewright.Occupancy}, how many blocks a multiprocessor holds.
 *   <li>Errors, all unchecked {@link dev.tilewright.TilewrightException}s that say the cause and
 *       the next step: {@link dev.tilewright.InvalidSpecException}, {@link
 *       dev.tilewright.UnsupportedDeviceException}, {@link
 *       dev.tilewright.OutOfDeviceMemoryException}, {@link dev.tilewright.KernelLoadException},
 *       {@link dev.tilewright.CudaException}, {@link dev.tilewright.GpuLaunchException}, {@link
 *       dev.tilewright.NoFeasibleTileException}.
 * </ul>
 *
 * <p>The operations are in {@link dev.tilewright.op}. What holds native memory is closed by its
 * user; closing twice is harmless, use after close throws, and a forgotten close is logged when the
 * memory is collected.
 */
package dev.tilewright;
