package dev.tilewright.op;

/** Frequencies that a frequency-sparse convolution keeps. */
public final class SparsePattern {}
