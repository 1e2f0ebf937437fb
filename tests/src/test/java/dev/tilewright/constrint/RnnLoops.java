package dev.tilewright.constrint;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tiles of the fused recurrent kernel by nested loops over divisors, written by hand from the
 * rules in {@code rnn_fwd.tiles} and {@code rnn_bwd.tiles}: what the solver's answers are compared
 * with. Both passes are one set of loops, as the backward rules are the forward ones with the roles
 * of gates and hidden exchanged: {@code outputs} is what the blocks and loops of a warp split,
 * {@code inputs} what the reduction runs over.
 */
record RnnLoops(
    boolean backward,
    long dim,
    long heads,
    long batch,
    long gates,
    long bytes,
    long sms,
    long threads,
    long registers,
    long shared) {

  /** On the H100, 16-bit LSTM. */
  static RnnLoops h100(boolean backward, long dim, long heads, long batch) {
    return new RnnLoops(backward, dim, heads, batch, 4, 2, 132, 256, 131072, 227000);
  }

  /** The same with another number of gates: 1 for Elman's. */
  RnnLoops gates(long count) {
    return new RnnLoops(backward, dim, heads, batch, count, bytes, sms, threads, registers, shared);
  }

  /** In fp32 with tf32 products. */
  RnnLoops fp32() {
    return new RnnLoops(backward, dim, heads, batch, gates, 4, sms, threads, 65536, shared);
  }

  /** On the A100: 163 KB less one of shared memory. */
  RnnLoops a100() {
    return new RnnLoops(
        backward, dim, heads, batch, gates, bytes, 108, threads, registers, 166912 - 1024);
  }

  Map<String, Long> constants() {
    Map<String, Long> result = new LinkedHashMap<>();
    result.put("NUM_SM", sms);
    result.put("MAX_THREADS", threads);
    result.put("REGISTERS", registers);
    result.put("SHARED_BYTES", shared);
    result.put("HEAD_DIM", dim);
    result.put("NUM_HEADS", heads);
    result.put("BATCH", batch);
    result.put("GATES", gates);
    result.put("DTYPE_BYTES", bytes);
    result.put("ACC_BYTES", 4L);
    result.put("PAD", 8L);
    result.put(backward ? "TILE_GATE" : "TILE_HIDDEN", bytes == 4 ? 8L : 16L);
    if (bytes == 4) {
      result.put("TILE_BATCH", 16L);
      result.put(backward ? "TILE_HIDDEN" : "TILE_GATE", 16L);
    }
    return result;
  }

  /** Takes one tile. */
  interface Sink {
    void tile(
        long tileBatch,
        long tileOut,
        long blocksOut,
        long blocksIn,
        long blocksBatch,
        long blocksHead,
        long loopsBatch,
        long loopsOut,
        long warpsIn,
        long warpsBatch,
        long cached,
        long warps);
  }

  /** Shows every tile to {@code sink}; their number. */
  long forEach(Sink sink) {
    long count = 0;
    long tileIn = bytes == 4 ? 8 : 16;
    long outputs = backward ? dim : gates * dim;
    long inputs = backward ? gates * dim : dim;
    for (long tileBatch = 8; tileBatch <= 32; tileBatch *= 2) {
      long tileOut = 256 / tileBatch;
      if (bytes == 4 && tileBatch != 16 || batch % tileBatch != 0) {
        continue;
      }
      for (long blocksOut = 1; blocksOut <= Math.min(sms, outputs / tileOut); blocksOut++) {
        if (outputs % (blocksOut * tileOut) != 0) {
          continue;
        }
        long outRest = outputs / (blocksOut * tileOut);
        for (long loopsOut = 1; loopsOut <= outRest; loopsOut++) {
          if (outRest % loopsOut != 0) {
            continue;
          }
          long share = outRest / loopsOut;
          for (long warpsIn = 1; warpsIn * share * 32 <= threads; warpsIn++) {
            if (inputs % (warpsIn * tileIn) != 0) {
              continue;
            }
            long inRest = inputs / (warpsIn * tileIn);
            for (long full = 1; full <= batch / tileBatch; full++) {
              if (batch / tileBatch % full != 0) {
                continue;
              }
              for (long warpsBatch = 1; warpsBatch <= full; warpsBatch++) {
                long warps = warpsIn * warpsBatch * share;
                if (full % warpsBatch != 0 || warps * 32 > threads) {
                  continue;
                }
                for (long loopsBatch = 1; loopsBatch <= 4; loopsBatch++) {
                  if (full / warpsBatch % loopsBatch != 0) {
                    continue;
                  }
                  long blocksBatch = full / warpsBatch / loopsBatch;
                  for (long blocksIn = 1; blocksIn * blocksOut * blocksBatch <= sms; blocksIn++) {
                    if (inRest % blocksIn != 0) {
                      continue;
                    }
                    for (long blocksHead = 1; blocksHead <= heads; blocksHead++) {
                      long blocks = blocksOut * blocksIn * blocksBatch * blocksHead;
                      if (heads % blocksHead != 0 || blocks > sms) {
                        continue;
                      }
                      for (long cached = 1; cached <= inRest / blocksIn; cached++) {
                        long product = tileIn * tileOut * cached * warps;
                        if (product % warpsBatch != 0) {
                          continue;
                        }
                        long elements = product / warpsBatch;
                        if (elements
                                + warps * tileBatch * tileOut * loopsBatch * (4 / bytes)
                                + warps * tileBatch * tileIn
                            > registers) {
                          continue;
                        }
                        long padded = backward ? dim * 8 : dim * gates * 8;
                        long recurrent =
                            bytes * gates * blocksBatch * dim * dim
                                + bytes * padded * blocksBatch
                                + 64
                                - bytes * elements * blocksBatch * blocksOut * blocksIn;
                        long partial =
                            4
                                    * warpsIn
                                    * blocksIn
                                    * full
                                    * tileBatch
                                    * (backward ? dim : gates * dim)
                                + 4 * warpsIn * blocksIn * blocksOut * full * tileBatch * 8;
                        if (recurrent < 1 || blocksHead * (recurrent + partial) > shared * blocks) {
                          continue;
                        }
                        count++;
                        sink.tile(
                            tileBatch,
                            tileOut,
                            blocksOut,
                            blocksIn,
                            blocksBatch,
                            blocksHead,
                            loopsBatch,
                            loopsOut,
                            warpsIn,
                            warpsBatch,
                            cached,
                            warps);
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return count;
  }
}
