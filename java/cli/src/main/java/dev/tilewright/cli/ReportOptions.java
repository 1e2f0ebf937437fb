package dev.tilewright.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags that every verb which reports shares, and the printing that follows them. */
final class ReportOptions {
  @Option(
      names = "--json",
      arity = "0..1",
      paramLabel = "FILE.json|-",
      parameterConsumer = JsonTarget.class,
      description = "Report as JSON on stdout, or into the file.")
  private String json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress and no log, only the report.")
  private boolean quiet;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * Takes the next word only where it is a file for JSON, so that {@code --json} stands anywhere.
   */
  static final class JsonTarget implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
      boolean target =
          !args.isEmpty() && (args.peek().equals("-") || args.peek().endsWith(".json"));
      option.setValue(target ? args.pop() : "-");
    }
  }

  boolean isJson() {
    return json != null;
  }

  boolean isQuiet() {
    return quiet;
  }

  /** Whether stdout takes nothing more: a pipe that was closed, a full disk. */
  boolean isClosed() {
    return command.commandLine().getOut().checkError();
  }

  /** Progress lines for this verb. */
  Progress progress() {
    return new Progress(command.commandLine().getErr(), !quiet && Progress.isTerminal());
  }

  void line(String text) {
    command.commandLine().getOut().println(text);
  }

  /** Prints the report: the JSON of {@code data} where it was asked for, else the text. */
  void report(Object data, String text) {
    if (json == null) {
      command.commandLine().getOut().print(text);
    } else if (json.equals("-")) {
      line(Json.text(data));
    } else {
      Path file = Path.of(json);
      try {
        Files.writeString(file, Json.text(data) + "\n");
      } catch (IOException e) {
        throw new InputException("--json " + file + ": cannot write: " + OutputFiles.reason(e), e);
      }
    }
    command.commandLine().getOut().flush();
  }

  /** Writes the JSON that was asked for as it is formed. */
  void stream(JsonStream.Body body) {
    PrintWriter out = command.commandLine().getOut();
    Path file = Path.of(json);
    try {
      if (json.equals("-")) {
        JsonStream.write(out, body);
      } else {
        try (Writer writer = Files.newBufferedWriter(file)) {
          JsonStream.write(writer, body);
        }
      }
    } catch (IOException e) {
      throw new InputException("--json " + file + ": cannot write: " + OutputFiles.reason(e), e);
    }
    out.flush();
  }
}
