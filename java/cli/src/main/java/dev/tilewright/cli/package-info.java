/**
 * The command line {@code tw}: {@link dev.tilewright.cli.Main} and one class for each verb; {@code
 * OpRunner} and its implementations for the ops; {@code Npy} and {@code OutputFiles} for the files;
 * the rest belongs to the demo.
 */
package dev.tilewright.cli;
