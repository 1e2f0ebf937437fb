package dev.tilewright.schedule;

import dev.tilewright.TilewrightException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Schedules that outlive the process: one JSON file, written by the tuner and read by {@link
 * Scheduler}. Safe for any number of threads and processes at once: a change is read, merged and
 * renamed into place under a lock, so that readers see the old file or the new one and no change of
 * another process is lost.
 *
 * <p>A file that is torn, old, too large or not what this class writes is reported once, renamed to
 * {@code NAME.bad-1} (up to {@value StoreFiles#BAD_FILES} are kept) and not used. When the folder
 * cannot be written, schedules are kept in memory. No method throws because of the file, except
 * import and export, whose files the caller names.
 *
 * <p>What is found here is not trusted: {@link Scheduler} checks each tile against the rules.
 */
public final class ScheduleStore {
  /** Property that names the file, before anything else. */
  public static final String PATH_PROPERTY = "tilewright.schedules";

  /** Environment variable that names the file. */
  public static final String PATH_VARIABLE = "TILEWRIGHT_SCHEDULES";

  /** Entries that a store holds; the oldest go first. */
  static final int MAX_ENTRIES = 20_000;

  /**
   * One stored schedule.
   *
   * @param key what it is valid for
   * @param schedule the tile with its times
   * @param stored when it was stored, to the second
   */
  public record Entry(ScheduleKey key, Schedule schedule, Instant stored) {}

  private final StoreFiles files; // null: memory only
  private final Reports reports = new Reports();
  private final AtomicLong generation = new AtomicLong();

  /** What the file held when it was last read; guarded by this. */
  private Map<ScheduleKey, Entry> saved = Map.of();

  /** What could not be written; guarded by this. */
  private final Map<ScheduleKey, Entry> unsaved = new LinkedHashMap<>();

  private StoreFiles.Stamp stamp;

  private ScheduleStore(Path file) {
    this.files = file == null ? null : new StoreFiles(file.toAbsolutePath().normalize(), reports);
  }

  /**
   * The user's file: property {@value #PATH_PROPERTY}, variable {@value #PATH_VARIABLE}, else
   * {@code tilewright/schedules.json} below {@code XDG_CACHE_HOME} or {@code ~/.cache}.
   */
  public static Path userPath() {
    return userPath(System.getProperty(PATH_PROPERTY), System.getenv(), home());
  }

  static Path userPath(String property, Map<String, String> environment, String home) {
    String named = property;
    if (named == null || named.isBlank()) {
      named = environment.get(PATH_VARIABLE);
    }
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    String cache = environment.get("XDG_CACHE_HOME");
    // The XDG specification says to ignore a relative path.
    boolean usable = cache != null && !cache.isBlank() && Path.of(cache).isAbsolute();
    Path folder = usable ? Path.of(cache) : Path.of(home, ".cache");
    return folder.resolve("tilewright").resolve("schedules.json");
  }

  private static String home() {
    String home = System.getProperty("user.home");
    return home == null ? "." : home;
  }

  /** The store of a file, which need not exist; nothing is read yet. */
  public static ScheduleStore open(Path file) {
    return new ScheduleStore(file);
  }

  /** A store without a file. */
  public static ScheduleStore inMemory() {
    return new ScheduleStore(null);
  }

  /** A store that holds the entries of a resource of the library and no file. */
  static ScheduleStore resource(String name) {
    ScheduleStore store = inMemory();
    try (var in = ScheduleStore.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("not in the jar");
      }
      for (Entry entry : ScheduleFile.parse(in.readAllBytes())) {
        store.unsaved.put(entry.key(), entry);
      }
    } catch (IOException e) {
      store.reports.once("shipped schedules " + name + " are not used: " + e.getMessage());
    }
    return store;
  }

  /** The file, or empty for a store in memory. */
  public Optional<Path> path() {
    return Optional.ofNullable(files).map(StoreFiles::file);
  }

  /** Counts the changes that this object made or saw; a cache over it is stale when it moved. */
  long generation() {
    return generation.get();
  }

  /** The schedule of a problem; a change that another process made is seen. */
  public synchronized Optional<Schedule> find(ScheduleKey key) {
    refresh();
    Entry entry = unsaved.get(key);
    return Optional.ofNullable(entry != null ? entry : saved.get(key)).map(Entry::schedule);
  }

  /** All entries, oldest first. */
  public synchronized List<Entry> entries() {
    refresh();
    Map<ScheduleKey, Entry> all = new LinkedHashMap<>(saved);
    unsaved.forEach((key, entry) -> put(all, entry));
    return List.copyOf(all.values());
  }

  /**
   * Stores a schedule. It replaces what was stored for the same problem on the same machine, also
   * that of another version of the kernel or its rules.
   *
   * @return whether it is on disk; otherwise it is kept in memory and the reason was reported
   */
  public boolean put(ScheduleKey key, Schedule schedule) {
    return putAll(List.of(new Entry(key, schedule, now())));
  }

  private synchronized boolean putAll(Collection<Entry> entries) {
    boolean written =
        change(
            map -> {
              entries.forEach(entry -> put(map, entry));
              return !entries.isEmpty();
            });
    if (!written) {
      entries.forEach(entry -> put(unsaved, entry));
    }
    generation.incrementAndGet();
    return written;
  }

  private static void put(Map<ScheduleKey, Entry> map, Entry entry) {
    map.keySet().removeIf(entry.key()::sameProblem);
    map.put(entry.key(), entry);
    while (map.size() > MAX_ENTRIES) {
      map.remove(map.keySet().iterator().next());
    }
  }

  /**
   * Removes entries.
   *
   * @return how many were removed
   */
  public synchronized int remove(Predicate<Entry> which) {
    Set<ScheduleKey> gone = new HashSet<>();
    change(
        map -> {
          gone.clear();
          map.values().stream().filter(which).map(Entry::key).forEach(gone::add);
          return map.keySet().removeAll(gone);
        });
    for (Entry entry : List.copyOf(unsaved.values())) {
      if (which.test(entry)) {
        unsaved.remove(entry.key());
        gone.add(entry.key());
      }
    }
    if (!gone.isEmpty()) {
      generation.incrementAndGet();
    }
    return gone.size();
  }

  /**
   * Removes one entry.
   *
   * @return whether there was one
   */
  public boolean remove(ScheduleKey key) {
    return remove(entry -> entry.key().equals(key)) > 0;
  }

  /**
   * Writes entries to a file of the same format, which {@link #importFrom} of another machine
   * reads.
   *
   * @return how many were written
   * @throws TilewrightException when the file cannot be written
   */
  public int exportTo(Path file, Predicate<Entry> which) {
    List<Entry> chosen = entries().stream().filter(which).toList();
    try {
      StoreFiles target = new StoreFiles(file.toAbsolutePath().normalize(), reports);
      target.replace(ScheduleFile.format(chosen));
    } catch (IOException e) {
      throw new TilewrightException("cannot export to " + file + ": " + StoreFiles.reason(e), e);
    }
    return chosen.size();
  }

  /**
   * Takes the entries of an exported file. An entry that was measured faster here stays.
   *
   * @return how many were taken
   * @throws TilewrightException when the file cannot be read or is not one that this class writes;
   *     then nothing was taken
   */
  public int importFrom(Path file) {
    List<Entry> read;
    try {
      read = ScheduleFile.parse(StoreFiles.readImport(file));
    } catch (IOException e) {
      throw new TilewrightException("cannot import " + file + ": " + StoreFiles.reason(e), e);
    }
    List<Entry> taken = new ArrayList<>();
    for (Entry entry : read) {
      Optional<Schedule> here = find(entry.key());
      boolean better =
          here.isPresent()
              && here.get().measured()
              && !(entry.schedule().measuredSeconds() < here.get().measuredSeconds());
      if (!better) {
        taken.add(entry);
      }
    }
    putAll(taken);
    return taken.size();
  }

  /** The tuner's measurements of one problem, kept beside this store. */
  public TuneJournal journal(ScheduleKey key) {
    return new TuneJournal(files == null ? null : TuneJournal.file(files.file(), key), key);
  }

  /** Forgets the tuner's measurements of every problem, those that led to no schedule included. */
  public void deleteJournals() {
    if (files != null) {
      TuneJournal.deleteAll(files.file(), reports);
    }
  }

  /** Applies a change to the file under its lock; false when that was not possible or needed. */
  @SuppressWarnings("try") // held for its closing
  private boolean change(Predicate<Map<ScheduleKey, Entry>> change) {
    if (files == null) {
      return false;
    }
    try (Interrupts held = Interrupts.hold();
        StoreFiles.Lock lock = files.lock()) {
      StoreFiles.Content content = files.read(lock);
      if (content.fault() != null) {
        throw new IOException("it is left alone: " + content.fault());
      }
      Map<ScheduleKey, Entry> map = index(content.entries());
      boolean changed = !unsaved.isEmpty();
      unsaved.values().forEach(entry -> put(map, entry));
      changed |= change.test(map);
      if (changed) {
        files.replace(ScheduleFile.format(map.values()));
        unsaved.clear();
      }
      saved = map;
      stamp = null;
      return changed;
    } catch (IOException e) {
      reports.once(
          "schedules are kept in memory only: cannot write "
              + files.file()
              + ": "
              + StoreFiles.reason(e));
      return false;
    }
  }

  /** Reads the file again when it is not the one that was last read. */
  @SuppressWarnings("try") // held for its closing
  private void refresh() {
    if (files == null) {
      return;
    }
    StoreFiles.Stamp now = files.stamp();
    if (now.equals(stamp)) {
      return;
    }
    StoreFiles.Content content;
    try (Interrupts held = Interrupts.hold()) {
      content = files.read(null);
    }
    Map<ScheduleKey, Entry> fresh = index(content.entries());
    if (!fresh.equals(saved)) {
      saved = fresh;
      generation.incrementAndGet();
    }
    stamp = content.stamp();
  }

  private static Map<ScheduleKey, Entry> index(List<Entry> entries) {
    Map<ScheduleKey, Entry> map = new LinkedHashMap<>();
    entries.forEach(entry -> map.put(entry.key(), entry));
    return map;
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }
}
