package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.List;

/** Reads the directives between a routine's parameters and its body (ISA section 11.4). */
final class LimitsParser {
  private final Cursor cursor;
  private List<Integer> maxntid = List.of();
  private List<Integer> reqntid = List.of();
  private List<Integer> reqnctapercluster = List.of();
  private int minnctapersm;
  private int maxnreg;
  private int maxclusterrank;

  LimitsParser(Cursor cursor) {
    this.cursor = cursor;
  }

  PtxKernel.Limits limits() {
    return new PtxKernel.Limits(
        maxntid, reqntid, minnctapersm, maxnreg, reqnctapercluster, maxclusterrank);
  }

  void parse() {
    while (cursor.is(Tokens.WORD)) {
      String directive = cursor.text();
      switch (directive) {
        case ".maxntid" -> maxntid = numbers();
        case ".reqntid" -> reqntid = numbers();
        case ".reqnctapercluster" -> reqnctapercluster = numbers();
        case ".minnctapersm" -> minnctapersm = numbers().get(0);
        case ".maxnreg" -> maxnreg = numbers().get(0);
        case ".maxclusterrank" -> maxclusterrank = numbers().get(0);
        // They say nothing of what the code does.
        case ".maxnctapersm", ".abi_preserve", ".abi_preserve_control" -> numbers();
        case ".noreturn", ".explicitcluster", ".blocksareclusters" -> cursor.advance();
        case ".pragma" -> {
          cursor.advance();
          do {
            cursor.expectString();
          } while (cursor.accept(','));
          cursor.expect(';');
        }
        default -> throw cursor.fail("unknown directive of a kernel or function");
      }
    }
  }

  private List<Integer> numbers() {
    cursor.advance();
    List<Integer> numbers = new ArrayList<>();
    do {
      numbers.add(new ConstantParser(cursor).parseInt("a number"));
    } while (cursor.accept(',') && numbers.size() < 3);
    return numbers;
  }
}
