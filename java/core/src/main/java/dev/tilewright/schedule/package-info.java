/**
 * Which tile a kernel runs with, and why.
 *
 * <ul>
 *   <li>The question: {@link dev.tilewright.schedule.Kernel} has a {@link
 *       dev.tilewright.schedule.TileSpace}, which says which tiles are legal, and a time model,
 *       which says what a {@link dev.tilewright.schedule.Tile} costs as a {@link
 *       dev.tilewright.schedule.Prediction}.
 *   <li>The answer: {@link dev.tilewright.schedule.Scheduler} gives a {@link
 *       dev.tilewright.schedule.Schedule}, or all legal tiles as {@link
 *       dev.tilewright.schedule.Ranked}.
 *   <li>What lasts: {@link dev.tilewright.schedule.ScheduleStore}, a file of schedules by {@link
 *       dev.tilewright.schedule.ScheduleKey}; {@link dev.tilewright.schedule.TuneJournal}, what a
 *       tuner measured so far.
 *   <li>Of GPUs: {@link dev.tilewright.Occupancy}; {@link dev.tilewright.schedule.GpuTime}, the
 *       terms of time models, with {@link dev.tilewright.schedule.GpuFit}, their coefficients.
 *   <li>The fused recurrent kernel: {@link dev.tilewright.schedule.RnnTiles} for a {@link
 *       dev.tilewright.schedule.RnnProblem}.
 * </ul>
 */
package dev.tilewright.schedule;
