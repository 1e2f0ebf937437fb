/**
 * The CPU device: {@link dev.tilewright.cpu.CpuDevice}, host memory and a vector level, and {@link
 * dev.tilewright.cpu.CpuPool}, the threads over which its operations spread the pure,
 * single-threaded native functions. {@link dev.tilewright.cpu.CpuDeviceProvider} makes {@code
 * Device.open("cpu")} find it.
 */
package dev.tilewright.cpu;
