/**
 * The command line {@code tw}: {@link dev.tilewright.cli.Main} and one class for each verb.
 *
 * <ul>
 *   <li>Verbs: {@code DemoCommand}, {@code TestCommand}, {@code DoctorCommand}, {@code
 *       DevicesCommand}, {@code OpsCommand}, {@code RunCommand}; {@code bench} is found in its own
 *       artifact, or {@code NoBenchCommand} says how to get it.
 *   <li>Ops for {@code run}: {@code OpRunner} with {@code FftConvRunner} and {@code Conv1dRunner}.
 *   <li>Files: {@code Npy}, {@code NpyConvert} and {@code NpyHeaderText} read and write arrays;
 *       {@code OutputFiles} replaces outputs only when the run succeeded; {@code Wav}.
 *   <li>Reports: {@code ReportOptions}, {@code RunReport}, {@code Json}, {@code Progress}.
 *   <li>The demo's parts: {@code SpeechSignal}, {@code RoomResponse}, {@code PlainConvolution},
 *       {@code DemoPicture}.
 * </ul>
 */
package dev.tilewright.cli;
