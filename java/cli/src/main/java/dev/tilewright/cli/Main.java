package dev.tilewright.cli;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.KernelLoadException;
import dev.tilewright.TilewrightException;
import dev.tilewright.UnsupportedDeviceException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line {@code tw}.
 *
 * <p>Exit codes: 0 fine; 1 a threshold was missed, or a failure that is none of the following; 2 a
 * faulty command or input file; 3 no such device; 4 a wrong result. Results go to stdout; progress,
 * log and errors to stderr.
 */
@Command(
    name = "tw",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "VERB",
    description = "Long convolutions on the JVM, as fast as the machine allows.",
    footer = {"", "Start with: ./tw demo      Help on a verb: ./tw VERB --help"})
public final class Main implements Runnable {
  static final int FINE = 0;
  static final int FAILED = 1;
  static final int FAULTY_INPUT = 2;
  static final int NO_DEVICE = 3;
  static final int WRONG_RESULT = 4;

  private static final String BENCH = "dev.tilewright.bench.BenchCommand";

  @Spec private CommandSpec spec;

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"tilewright " + (version == null ? "(from a source tree)" : version)};
    }
  }

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    if (System.getProperty("java.util.logging.config.file") == null) {
      System.setProperty("java.util.logging.config.class", LogSetup.class.getName());
    }
    if (Arrays.asList(args).contains("--quiet") || Arrays.asList(args).contains("-q")) {
      System.setProperty("tilewright.quiet", "true");
    }
    PrintWriter out = new PrintWriter(System.out, true);
    PrintWriter err = new PrintWriter(System.err, true);
    System.exit(delivered(run(out, err, args), out, err));
  }

  /** The exit code, or {@link #FAILED} when results did not reach stdout: a full disk, a pipe. */
  static int delivered(int code, PrintWriter out, PrintWriter err) {
    if (code != FINE || !out.checkError()) {
      return code;
    }
    err.println("tw: the results could not be written to stdout");
    err.flush();
    return FAILED;
  }

  /** Runs one command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Main());
    Map<String, Supplier<Object>> verbs = verbs();
    // Reading a verb's annotations costs start-up time: a named verb is the only one that is read.
    Set<String> needed =
        args.length > 0 && verbs.containsKey(args[0]) ? Set.of(args[0]) : verbs.keySet();
    verbs.forEach(
        (name, verb) -> {
          if (needed.contains(name)) {
            CommandLine command = new CommandLine(verb.get());
            command.getCommandSpec().versionProvider(new Version());
            line.addSubcommand(name, command);
          }
        });
    line.setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Main::faultyCommand)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      return error(
          line,
          "not enough memory for Java ("
              + e.getMessage()
              + "); JAVA_TOOL_OPTIONS=-Xmx16g gives more",
          FAILED);
    } catch (LinkageError e) {
      return error(line, seeAlso("a library does not fit: " + e, "./tw doctor"), FAILED);
    }
  }

  private static Map<String, Supplier<Object>> verbs() {
    Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
    verbs.put("demo", DemoCommand::new);
    verbs.put("test", TestCommand::new);
    verbs.put("doctor", DoctorCommand::new);
    verbs.put("devices", DevicesCommand::new);
    verbs.put("ops", OpsCommand::new);
    verbs.put("run", RunCommand::new);
    verbs.put("solve", SolveCommand::new);
    verbs.put("explain", ExplainCommand::new);
    verbs.put("tune", TuneCommand::new);
    verbs.put("cache", CacheCommand::new);
    verbs.put("check", CheckCommand::new);
    verbs.put("bench", Main::bench);
    return verbs;
  }

  /** The benchmark suite is an artifact of its own, which the library and this jar do without. */
  private static Object bench() {
    try {
      return Class.forName(BENCH).getDeclaredConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      return new NoBenchCommand();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(BENCH + " cannot be made", e);
    }
  }

  private static int faultyCommand(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    if (command.getParent() == null
        && e instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()) {
      String verb = unmatched.getUnmatched().get(0);
      return error(
          command,
          "no verb '" + verb + "'; there: " + String.join(", ", verbs().keySet()),
          FAULTY_INPUT);
    }
    return error(command, seeAlso(e.getMessage(), "./" + name + " --help"), FAULTY_INPUT);
  }

  private static int failed(Exception e, CommandLine command) {
    if (System.getenv("TILEWRIGHT_DEBUG") != null) {
      e.printStackTrace(command.getErr());
    }
    if (e instanceof InputException || e instanceof InvalidSpecException) {
      return error(command, oneLine(e.getMessage()), FAULTY_INPUT);
    }
    if (e instanceof UnsupportedDeviceException) {
      return error(command, seeAlso(e.getMessage(), "./tw devices"), NO_DEVICE);
    }
    if (e instanceof KernelLoadException) {
      return error(command, seeAlso(e.getMessage(), "./tw doctor"), NO_DEVICE);
    }
    if (e instanceof TilewrightException) {
      return error(command, oneLine(e.getMessage()), FAILED);
    }
    return error(
        command, withoutPeriod("unexpected " + e) + "; TILEWRIGHT_DEBUG=1 shows where", FAILED);
  }

  private static int error(CommandLine command, String message, int code) {
    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + message);
    command.getErr().flush();
    return code;
  }

  private static String seeAlso(String message, String command) {
    return withoutPeriod(message) + "; see " + command;
  }

  private static String withoutPeriod(String message) {
    return oneLine(message).replaceFirst("\\.$", "");
  }

  static String oneLine(String message) {
    return message == null ? "no message" : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** No verb: says which there are. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a verb is missing: " + String.join(", ", verbs().keySet()));
  }
}
