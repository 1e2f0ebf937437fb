/**
 * Compiled GPU kernels: {@link dev.tilewright.kernel.ShippedImages}, those in the library itself.
 */
package dev.tilewright.kernel;
