/**
 * The benchmark suite behind {@code tw bench}; bench/NOTES.md says how it measures.
 *
 * <ul>
 *   <li>What is measured: {@link dev.tilewright.bench.FftConvCase}, {@code DefaultCases}, their
 *       {@code Inputs}.
 *   <li>Who: a {@code Contender} runs one case; {@code Ours} and {@code OursStep} through the
 *       public API, those of a {@code Baseline} through JNI ({@code TransformBaseline}, {@code
 *       NativeBaselines}) or in a process of their own ({@code ChildBaseline}).
 *   <li>How: {@link dev.tilewright.bench.FftConvBench} checks each against {@code References}, then
 *       times them in turns into {@code Samples}; {@code Floor} is what nothing can undercut.
 *   <li>Reports: {@link dev.tilewright.bench.BenchRow}, {@code TextReport}, {@code
 *       EnvironmentReport}.
 *   <li>Fetching and building the baselines: {@code Archives}, {@code Cache}.
 *   <li>The constraint solver on tiles of recurrent layers: {@link dev.tilewright.bench.RnnShape};
 *       {@code TileSearchBench}, which starts what {@code src/peers} measures; {@code
 *       TileSearchReport} over {@code TileSearchRow}s.
 * </ul>
 */
package dev.tilewright.bench;
