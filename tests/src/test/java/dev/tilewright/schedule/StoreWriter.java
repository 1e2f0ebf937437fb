package dev.tilewright.schedule;

import java.nio.file.Path;
import java.util.Map;

/** A process that writes to a store: {@code FILE NAME COUNT}. The test starts several at once. */
final class StoreWriter {
  private StoreWriter() {}

  public static void main(String[] arguments) {
    ScheduleStore store = ScheduleStore.open(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[2]);
    for (int i = 0; i < count; i++) {
      if (!Stored.put(store, arguments[1] + "-" + i, i + 1)) {
        System.exit(3);
      }
      store.journal(Stored.key("shared")).add(Tile.of(Map.of("rows", i + 1L)), 1e-3);
      System.out.println(i);
    }
  }
}
