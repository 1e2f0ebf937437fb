/**
 * Float64 references, written from the equations of the operations and short enough to check by
 * eye, and the measure and bounds of error against them. Nothing here is fast; nothing here shares
 * code with what it judges.
 *
 * <ul>
 *   <li>{@link dev.tilewright.oracle.FftConvOracle} for {@link dev.tilewright.op.FftConv}, on
 *       {@link dev.tilewright.oracle.Fft64} where plain sums would take too long.
 *   <li>{@link dev.tilewright.oracle.Conv1dOracle} for {@link dev.tilewright.op.DepthwiseConv1d}.
 *   <li>{@link dev.tilewright.oracle.RelativeError} and {@link dev.tilewright.oracle.Bounds}: how
 *       far off, and how far is allowed; {@link dev.tilewright.oracle.Oracles}: arrays to float64.
 * </ul>
 */
package dev.tilewright.oracle;
