package dev.tilewright;

/** Element type of a {@link Tensor}. */
public enum DType {
  F32,
  F16,
  BF16,
  F64
}
