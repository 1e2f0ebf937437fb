/**
 * The command line {@code tw}: {@link dev.tilewright.cli.Main} and one class for each verb.
 *
 * <ul>
 *   <li>Verbs: {@code DemoCommand}, {@code TestCommand}, {@code DoctorCommand}, {@code
 *       DevicesCommand}, {@code OpsCommand}, {@code RunCommand}, {@code ExplainCommand}, {@code
 *       TuneCommand}, {@code CacheCommand}; {@code bench} is found in its own artifact, or {@code
 *       NoBenchCommand} says how to get it.
 *   <li>Ops for {@code run}: {@code OpRunner} with {@code FftConvRunner} and {@code Conv1dRunner}.
 *   <li>Files: {@code Npy}, {@code NpyConvert} and {@code NpyHeaderText} read and write arrays;
 *       {@code OutputFiles} replaces outputs only when the run succeeded; {@code Wav}.
 *   <li>One problem on one machine, for explain and tune: {@code ProblemOptions}. The tuner itself
 *       is {@link dev.tilewright.tune}; {@code Interrupts} lets Ctrl-C end it in order.
 *   <li>Reports: {@code ReportOptions}, {@code RunReport}, {@code ExplainReport}, {@code
 *       TuneReport}, {@code Json}, {@code Progress}.
 *   <li>The demo's parts: {@code SpeechSignal}, {@code RoomResponse}, {@code PlainConvolution},
 *       {@code DemoPicture}.
 * </ul>
 */
package dev.tilewright.cli;
