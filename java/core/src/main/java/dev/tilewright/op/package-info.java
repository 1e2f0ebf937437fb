/**
 * The operations, one type each.
 *
 * <ul>
 *   <li>{@link dev.tilewright.op.FftConv}: long depthwise convolution by FFT; {@link
 *       dev.tilewright.op.SparsePattern}, the frequencies that it keeps.
 *   <li>{@link dev.tilewright.op.DepthwiseConv1d}: short depthwise convolution, 1 to 256 taps.
 * </ul>
 *
 * <p>Each has a {@code Spec}, an immutable record of one problem that is checked where it is made;
 * {@code plan(device, spec)}, which allocates all that the problem needs; {@code Args}, the tensors
 * of one call, filled once and reused; and forward, backward and step on the plan, which check
 * every tensor against the spec before they write anything. A plan is used by one thread at a time
 * and closed before its device.
 */
package dev.tilewright.op;
