package dev.tilewright.cli;

import dev.tilewright.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The tensors of one run, closed together. */
final class Tensors implements AutoCloseable {
  private final List<Tensor> tensors = new ArrayList<>();

  /** Remembers the tensor, which may be null, and returns it. */
  Tensor add(Tensor tensor) {
    if (tensor != null) {
      tensors.add(tensor);
    }
    return tensor;
  }

  @Override
  public void close() {
    tensors.forEach(Tensor::close);
  }
}
