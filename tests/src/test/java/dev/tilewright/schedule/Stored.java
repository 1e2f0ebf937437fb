package dev.tilewright.schedule;

import java.util.Map;

/** Keys and schedules that tests store. */
final class Stored {
  private Stored() {}

  static ScheduleKey key(String problem) {
    return new ScheduleKey("saxpy", problem, "gpu test", "v1", "rules1");
  }

  static Schedule schedule(ScheduleKey key, long rows) {
    return new Schedule(
        key.kernel(),
        key.problem(),
        key.machine(),
        Tile.of(Map.of("rows", rows)),
        Schedule.Source.STORE,
        2e-3,
        1e-3,
        42);
  }

  static boolean put(ScheduleStore store, String problem, long rows) {
    return store.put(key(problem), schedule(key(problem), rows));
  }

  static long rows(ScheduleStore store, String problem) {
    return store.find(key(problem)).map(found -> found.tile().get("rows")).orElse(-1L);
  }
}
