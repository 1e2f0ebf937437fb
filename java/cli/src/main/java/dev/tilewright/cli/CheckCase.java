package dev.tilewright.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tilewright.GpuSpec;
import dev.tilewright.Half;
import dev.tilewright.ptx.PtxException;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.ptx.PtxParam;
import dev.tilewright.sim.Launch;
import dev.tilewright.sim.Report;
import dev.tilewright.sim.SimMachine;
import dev.tilewright.sim.SimModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** A case of {@code tw check}: a kernel of a module, its launch and its arguments. */
final class CheckCase {
  /** An array that the kernel writes and the case wants. */
  record Output(Path path, String type, long[] shape, long address, int bytes) {}

  private final Path path;
  private final JsonNode json;
  private final PtxModule module;
  private final PtxKernel kernel;

  private CheckCase(Path path, JsonNode json, PtxModule module, PtxKernel kernel) {
    this.path = path;
    this.json = json;
    this.module = module;
    this.kernel = kernel;
  }

  /** Reads a case and its module. */
  static CheckCase read(Path path) {
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readString(path));
      Path file = path.resolveSibling(required(path, json, "module").asText());
      PtxModule module = PtxModule.parse(file.getFileName().toString(), Files.readString(file));
      String name = required(path, json, "kernel").asText();
      PtxKernel kernel =
          module
              .kernel(name)
              .orElseThrow(
                  () ->
                      new InputException(
                          path
                              + ": no kernel "
                              + name
                              + " in "
                              + file
                              + "; there: "
                              + module.kernels()));
      return new CheckCase(path, json, module, kernel);
    } catch (JsonProcessingException e) {
      throw new InputException(path + ": is no JSON: " + e.getOriginalMessage(), e);
    } catch (PtxException e) {
      throw new InputException(e.getMessage(), e);
    } catch (IOException e) {
      throw new InputException(path + ": " + OutputFiles.reason(e), e);
    }
  }

  /** The same case on another module that has its kernel. */
  CheckCase on(PtxModule other) {
    return new CheckCase(path, json, other, other.kernel(kernel.name()).orElseThrow());
  }

  private static JsonNode required(Path path, JsonNode json, String field) {
    if (!json.has(field)) {
      throw new InputException(path + ": the field \"" + field + "\" is missing");
    }
    return json.get(field);
  }

  String kernel() {
    return kernel.name();
  }

  Path path() {
    return path;
  }

  /** Runs it once on a machine of its own and writes its outputs. */
  Report run(GpuSpec chip, Launch.Options options) {
    SimMachine machine = new SimMachine(chip);
    SimModule loaded = machine.load(module);
    List<Output> outputs = new ArrayList<>();
    ByteBuffer params =
        ByteBuffer.allocate((int) kernel.paramBytes()).order(ByteOrder.LITTLE_ENDIAN);
    JsonNode args = required(path, json, "args");
    if (args.size() != kernel.params().size()) {
      throw new InputException(
          path
              + ": "
              + args.size()
              + " arguments; "
              + kernel.name()
              + " takes "
              + kernel.params().size());
    }
    for (int i = 0; i < args.size(); i++) {
      PtxParam param = kernel.params().get(i);
      byte[] value = value(machine, args.get(i), i, outputs);
      if (value.length != param.bytes()) {
        throw new InputException(
            path
                + ": argument "
                + i
                + " has "
                + value.length
                + " bytes; "
                + param.name()
                + " takes "
                + param.bytes());
      }
      params.position((int) param.offset());
      params.put(value);
    }
    Launch launch =
        new Launch(
            kernel.name(),
            three("grid"),
            three("block"),
            json.path("sharedBytes").asInt(0),
            json.path("cooperative").asBoolean(false),
            params.array());
    Report report = machine.launch(loaded, launch, options);
    for (Output output : outputs) {
      try {
        byte[] data = machine.read(output.address, output.bytes);
        NpyBytes.write(output.path, output.type, output.shape, data);
      } catch (IOException e) {
        throw new InputException(output.path + ": " + OutputFiles.reason(e), e);
      }
    }
    return report;
  }

  private int[] three(String field) {
    JsonNode sides = required(path, json, field);
    int[] extent = {1, 1, 1};
    for (int i = 0; i < Math.min(3, sides.size()); i++) {
      extent[i] = sides.get(i).asInt();
    }
    return extent;
  }

  private byte[] value(SimMachine machine, JsonNode arg, int index, List<Output> outputs) {
    if (arg.has("bytes")) {
      return HexFormat.of().parseHex(arg.get("bytes").asText());
    }
    if (arg.has("in") || arg.has("inout") || arg.has("out")) {
      return eight(array(machine, arg, index, outputs));
    }
    String type = arg.fieldNames().hasNext() ? arg.fieldNames().next() : "";
    JsonNode number = arg.path(type);
    ByteBuffer all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case "f16" -> all.putShort(Half.f32ToF16((float) number.asDouble()));
      case "bf16" -> all.putShort(Half.f32ToBf16((float) number.asDouble()));
      case "f32" -> all.putFloat((float) number.asDouble());
      case "f64" -> all.putDouble(number.asDouble());
      default -> all.putLong(number.bigIntegerValue().longValue());
    }
    return Arrays.copyOf(all.array(), NpyBytes.itemBytes(type));
  }

  private static byte[] eight(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private long array(SimMachine machine, JsonNode arg, int index, List<Output> outputs) {
    String file = arg.path("in").asText(arg.path("inout").asText(null));
    byte[] data = file == null ? null : NpyBytes.read(path.resolveSibling(file));
    String name = "argument " + index;
    if (!arg.has("out")) {
      long address = machine.allocate(name, data.length);
      machine.write(address, data);
      return address;
    }
    String type = required(path, arg, "dtype").asText();
    JsonNode sides = required(path, arg, "shape");
    long[] shape = new long[sides.size()];
    long bytes = NpyBytes.itemBytes(type);
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sides.get(i).asLong();
      bytes *= shape[i];
    }
    long address = machine.allocate(name, bytes);
    if (data != null) {
      machine.write(address, data);
    }
    Path out = path.resolveSibling(arg.get("out").asText()).normalize();
    outputs.add(new Output(out, type, shape, address, (int) bytes));
    return address;
  }
}
