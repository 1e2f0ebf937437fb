package dev.tilewright.sim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a launch kept busy, counted while it ran. A request is one memory instruction of one warp; a
 * sector is 32 bytes of global memory, a wavefront one pass through the 32 banks of shared memory.
 *
 * @param instructions warp instructions by {@link Pipe}, by its name; pipes with none are left out
 * @param matrix matrix multiplications of a warp by shape and types: {@code
 *     m16n8k16.f32.f16.f16.f32} with the types of D, A, B and C
 * @param globalLoads loads from global memory, with the reads of asynchronous copies
 * @param globalStores stores to global memory
 * @param globalAtomics atomics on global memory
 * @param sharedLoads loads from shared memory, with ldmatrix
 * @param sharedStores stores to shared memory, with the writes of asynchronous copies
 * @param sharedAtomics atomics on shared memory
 * @param localRequests requests to local memory: spills and arrays of a thread
 * @param constantRequests requests to constant memory
 * @param barriers barriers of blocks, counted once for each warp that came
 * @param branches branches, counted once for each path of a warp that came
 * @param divergentBranches branches at which lanes of a path parted
 * @param l2Sectors sectors that went to the second-level cache: all of global memory
 * @param l2Hits those of them that were in it; it is empty when the launch begins
 * @param accesses the instructions that made requests, in the order of the code
 */
public record Counters(
    Map<String, Long> instructions,
    Map<String, Long> matrix,
    Global globalLoads,
    Global globalStores,
    Global globalAtomics,
    Shared sharedLoads,
    Shared sharedStores,
    Shared sharedAtomics,
    long localRequests,
    long constantRequests,
    long barriers,
    long branches,
    long divergentBranches,
    long l2Sectors,
    long l2Hits,
    List<Access> accesses) {

  /** Copies the collections. */
  public Counters {
    instructions = Collections.unmodifiableMap(new LinkedHashMap<>(instructions));
    matrix = Collections.unmodifiableMap(new LinkedHashMap<>(matrix));
    accesses = List.copyOf(accesses);
  }

  /**
   * Requests to global memory.
   *
   * @param requests how many
   * @param bytes bytes of all lanes that took part
   * @param sectors the sectors that each touched, summed; a request whose lanes lie side by side
   *     touches as many as its bytes fill
   */
  public record Global(long requests, long bytes, long sectors) {
    /** Sectors of a request on average, 0 when there was none. */
    public double sectorsPerRequest() {
      return requests == 0 ? 0 : (double) sectors / requests;
    }

    Global plus(Global other) {
      return new Global(requests + other.requests, bytes + other.bytes, sectors + other.sectors);
    }
  }

  /**
   * Requests to shared memory.
   *
   * @param requests how many
   * @param bytes bytes of all lanes that took part
   * @param wavefronts the passes that they took
   * @param conflicts those passes that bank conflicts added
   */
  public record Shared(long requests, long bytes, long wavefronts, long conflicts) {
    /** Wavefronts of a request on average, 0 when there was none. */
    public double wavefrontsPerRequest() {
      return requests == 0 ? 0 : (double) wavefronts / requests;
    }

    Shared plus(Shared other) {
      return new Shared(
          requests + other.requests,
          bytes + other.bytes,
          wavefronts + other.wavefronts,
          conflicts + other.conflicts);
    }
  }

  /**
   * The requests of one instruction.
   *
   * @param instruction its text
   * @param ptxLine its line in the PTX
   * @param source the user's line, "" when the PTX has no line information
   * @param global its requests to global memory
   * @param shared its requests to shared memory
   */
  public record Access(
      String instruction, int ptxLine, String source, Global global, Shared shared) {}

  /** The share of {@link #l2Sectors} that hit, 0 when there was none. */
  public double l2HitRate() {
    return l2Sectors == 0 ? 0 : (double) l2Hits / l2Sectors;
  }
}
