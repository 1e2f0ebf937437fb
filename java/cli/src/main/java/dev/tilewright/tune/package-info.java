/**
 * The tuner behind {@code tw tune}: tries the legal tiles of a kernel on a device.
 *
 * <ul>
 *   <li>What can be tuned: {@code Tunable}, one a op, which reads a {@code Shape} and makes {@code
 *       Trials}, whose every {@code Trial} is one tile, planned, checked and timed.
 *   <li>The search: {@code Tuner} takes tiles in the {@code SearchOrder} of a {@code Strategy}
 *       until the {@code Budget} ends.
 *   <li>Measuring: {@code Stopwatch}, {@code Race} against the best so far, {@code Finals}.
 * </ul>
 */
package dev.tilewright.tune;
