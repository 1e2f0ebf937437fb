package dev.tilewright.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * A shape of mma.sync with the fragments that the ISA gives for it (sections 9.7.14.5.1 to
 * 9.7.14.5.13), as formulas of g = lane / 4, t = lane % 4 and the number i of the element.
 */
final class MatrixShape {
  /** A row or a column. */
  interface Line {
    int of(int g, int t, int i);
  }

  final int m;
  final int n;
  final int k;
  private final Line aRow;
  private final Line aColumn;
  private final Line bRow;

  private MatrixShape(int m, int n, int k, Line aRow, Line aColumn, Line bRow) {
    this.m = m;
    this.n = n;
    this.k = k;
    this.aRow = aRow;
    this.aColumn = aColumn;
    this.bRow = bRow;
  }

  int aRow(int lane, int i) {
    return aRow.of(lane / 4, lane % 4, i);
  }

  int aColumn(int lane, int i) {
    return aColumn.of(lane / 4, lane % 4, i);
  }

  int bRow(int lane, int i) {
    return bRow.of(lane / 4, lane % 4, i);
  }

  int bColumn(int lane) {
    return lane / 4;
  }

  int cRow(int lane, int i) {
    return lane / 4 + (i >= 2 ? 8 : 0);
  }

  int cColumn(int lane, int i) {
    return 2 * (lane % 4) + (i & 1);
  }

  @Override
  public String toString() {
    return "m" + m + "n" + n + "k" + k;
  }

  /** The shapes for a type of A and B. */
  static List<MatrixShape> of(MatrixElement type) {
    List<MatrixShape> shapes = new ArrayList<>();
    switch (type) {
      case F64 -> {
        shapes.add(new MatrixShape(8, 8, 4, (g, t, i) -> g, (g, t, i) -> t, (g, t, i) -> t));
        shapes.add(
            new MatrixShape(
                16, 8, 4, (g, t, i) -> i == 0 ? g : g + 8, (g, t, i) -> t, (g, t, i) -> t));
        shapes.add(
            new MatrixShape(
                16,
                8,
                8,
                (g, t, i) -> i == 0 || i == 2 ? g : g + 8,
                (g, t, i) -> i < 2 ? t : t + 4,
                (g, t, i) -> i == 0 ? t : t + 4));
        shapes.add(
            new MatrixShape(
                16,
                8,
                16,
                (g, t, i) -> i % 2 == 0 ? g : g + 8,
                (g, t, i) -> i % 2 == 0 ? i * 2 + t : i * 2 - 2 + t,
                (g, t, i) -> t + 4 * i));
      }
      case TF32 -> {
        shapes.add(
            new MatrixShape(
                16, 8, 4, (g, t, i) -> i == 0 ? g : g + 8, (g, t, i) -> t, (g, t, i) -> t));
        shapes.add(
            new MatrixShape(
                16,
                8,
                8,
                (g, t, i) -> i == 0 || i == 2 ? g : g + 8,
                (g, t, i) -> i < 2 ? t : t + 4,
                (g, t, i) -> i == 0 ? t : t + 4));
      }
      case F16, BF16 -> {
        shapes.add(
            new MatrixShape(
                16,
                8,
                8,
                (g, t, i) -> i < 2 ? g : g + 8,
                (g, t, i) -> t * 2 + (i & 1),
                (g, t, i) -> t * 2 + i));
        shapes.add(
            new MatrixShape(
                16,
                8,
                16,
                (g, t, i) -> i < 2 || i >= 4 && i < 6 ? g : g + 8,
                (g, t, i) -> t * 2 + (i & 1) + (i < 4 ? 0 : 8),
                (g, t, i) -> t * 2 + (i & 1) + (i < 2 ? 0 : 8)));
      }
      default -> packed(type, shapes);
    }
    return shapes;
  }

  /** Types of 8 bits and less: a register has p elements, and k is 4p or 8p. */
  private static void packed(MatrixElement type, List<MatrixShape> shapes) {
    int p = type.packed();
    if (type != MatrixElement.E4M3 && type != MatrixElement.E5M2) {
      shapes.add(
          new MatrixShape(
              8, 8, 4 * p, (g, t, i) -> g, (g, t, i) -> t * p + i, (g, t, i) -> t * p + i));
    }
    shapes.add(
        new MatrixShape(
            16,
            8,
            4 * p,
            (g, t, i) -> i < p ? g : g + 8,
            (g, t, i) -> t * p + i % p,
            (g, t, i) -> t * p + i));
    shapes.add(
        new MatrixShape(
            16,
            8,
            8 * p,
            (g, t, i) -> i < p || i >= 2 * p && i < 3 * p ? g : g + 8,
            (g, t, i) -> t * p + i % p + (i < 2 * p ? 0 : 4 * p),
            (g, t, i) -> t * p + i % p + (i < p ? 0 : 4 * p)));
  }
}
