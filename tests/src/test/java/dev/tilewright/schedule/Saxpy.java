package dev.tilewright.schedule;

import dev.tilewright.MachineSpec;
import dev.tilewright.constrint.Order;
import dev.tilewright.constrint.Query;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A small kernel to schedule: rows × columns tiles of a problem of n elements; more rows win. */
final class Saxpy implements Kernel<Saxpy.Spec> {
  record Spec(long n, long most) {}

  static final String RULES =
      """
      n % (rows * columns) == 0;   # whole tiles
      area == rows * columns;
      area <= most;
      """;

  final AtomicInteger asked = new AtomicInteger();
  private final TileSpace space;
  private final String version;

  Saxpy() {
    this(RULES, "1");
  }

  Saxpy(String rules, String version) {
    this.space = TileSpace.of("saxpy.tiles", rules);
    this.version = version;
  }

  @Override
  public String name() {
    return "saxpy";
  }

  @Override
  public TileSpace space() {
    return space;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Map<String, Long> constants(Spec spec, MachineSpec machine) {
    asked.incrementAndGet();
    return Map.of("n", spec.n(), "most", spec.most());
  }

  @Override
  public Prediction predict(Spec spec, MachineSpec machine, Tile tile) {
    if (tile.get("columns") == 7) {
      return Prediction.impossible("seven columns");
    }
    double seconds = 1.0 / tile.get("rows") + 1e-3 * tile.get("columns");
    return Prediction.of(seconds, List.of(new Prediction.Term("rows", seconds, "all")), "rows");
  }

  @Override
  public String problem(Spec spec) {
    return "n=" + spec.n() + ",most=" + spec.most();
  }

  @Override
  public List<String> parameters() {
    return List.of("rows", "columns");
  }

  @Override
  public Query query() {
    return Query.all().order("rows", Order.SMALLEST).order("columns", Order.SMALLEST);
  }
}
