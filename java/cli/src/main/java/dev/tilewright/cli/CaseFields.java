package dev.tilewright.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A JSON object of a case; its errors name the file and the field. */
final class CaseFields {
  private static final int MAX_BYTES = 64 << 20;

  /** More digits than any whole number of 64 bits has. */
  private static final int MAX_DIGITS = 40;

  /** Python writes NaN and Infinity; a field that stands twice is a slip. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final String where;
  private final JsonNode json;

  private CaseFields(String where, JsonNode json) {
    this.where = where;
    this.json = json;
  }

  /** Reads a file that holds one object. */
  static CaseFields read(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw new InputException(path + ": is a directory; name a case, a .json file");
      }
      if (Files.exists(path) && Files.size(path) > MAX_BYTES) {
        throw new InputException(path + ": is too large for a case");
      }
      JsonNode json = MAPPER.readTree(Files.readString(path));
      if (json == null || !json.isObject()) {
        throw new InputException(path + ": holds no JSON object");
      }
      return new CaseFields(path + ": ", json);
    } catch (JsonProcessingException e) {
      String at = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      throw new InputException(path + ": is no JSON" + at + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException(path + ": cannot read: " + OutputFiles.reason(e), e);
    }
  }

  InputException fault(String field, String what) {
    return new InputException(where + "\"" + field + "\": " + what);
  }

  /** About the object as a whole. */
  InputException fault(String what) {
    return new InputException(where + what);
  }

  boolean has(String field) {
    return json.has(field);
  }

  private JsonNode required(String field) {
    if (!json.has(field)) {
      throw new InputException(where + "the field \"" + field + "\" is missing");
    }
    return json.get(field);
  }

  String text(String field) {
    JsonNode node = required(field);
    if (!node.isTextual() || node.asText().isEmpty() || node.asText().indexOf('\0') >= 0) {
      throw fault(field, "is " + node + "; it must be a text");
    }
    return node.asText();
  }

  /** A path relative to the case's file. */
  Path file(String field, Path of) {
    try {
      return of.resolveSibling(text(field)).normalize();
    } catch (IllegalArgumentException e) {
      throw fault(field, "is no path: " + e.getMessage());
    }
  }

  boolean flag(String field) {
    JsonNode node = json.path(field);
    if (node.isMissingNode()) {
      return false;
    }
    if (!node.isBoolean()) {
      throw fault(field, "is " + node + "; it must be true or false");
    }
    return node.asBoolean();
  }

  /** A whole number; 0 where the field is not there. */
  int count(String field) {
    return has(field) ? whole(field, json.get(field), 0, Integer.MAX_VALUE) : 0;
  }

  /** One to three extents; those not given are 1. */
  int[] extent(String field) {
    JsonNode sides = required(field);
    if (!sides.isArray() || sides.isEmpty() || sides.size() > 3) {
      throw fault(field, "is " + sides + "; it must be one to three numbers in brackets");
    }
    int[] extent = {1, 1, 1};
    for (int i = 0; i < sides.size(); i++) {
      extent[i] = whole(field, sides.get(i), 1, Integer.MAX_VALUE);
    }
    return extent;
  }

  long[] shape(String field) {
    JsonNode sides = required(field);
    if (!sides.isArray()) {
      throw fault(field, "is " + sides + "; it must be numbers in brackets");
    }
    long[] shape = new long[sides.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = whole(field, sides.get(i), 0, Integer.MAX_VALUE);
    }
    return shape;
  }

  private int whole(String field, JsonNode node, long least, long most) {
    BigInteger value = node.isNumber() ? exact(node) : null;
    if (value == null
        || value.compareTo(BigInteger.valueOf(least)) < 0
        || value.compareTo(BigInteger.valueOf(most)) > 0) {
      throw fault(field, "has " + node + "; a whole number from " + least + " to " + most);
    }
    return value.intValueExact();
  }

  private static BigInteger exact(JsonNode node) {
    try {
      BigDecimal value = node.decimalValue();
      boolean huge = (long) value.precision() - value.scale() > MAX_DIGITS;
      return huge ? null : value.toBigIntegerExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  /** A whole number of so many bits, signed or not, as its bits. */
  long integer(String field, int bits, boolean signed) {
    JsonNode node = required(field);
    BigInteger least = signed ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
    BigInteger most = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits).subtract(BigInteger.ONE);
    BigInteger value = node.isNumber() ? exact(node) : null;
    if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw fault(field, "is " + node + "; a whole number from " + least + " to " + most);
    }
    return value.longValue();
  }

  /** A number; NaN, Infinity and -Infinity as words too. */
  double real(String field, double most) {
    JsonNode node = required(field);
    if (node.isTextual()) {
      switch (node.asText().toLowerCase(Locale.ROOT)) {
        case "nan":
          return Double.NaN;
        case "inf", "+inf", "infinity", "+infinity":
          return Double.POSITIVE_INFINITY;
        case "-inf", "-infinity":
          return Double.NEGATIVE_INFINITY;
        default:
          throw fault(field, "is " + node + "; it must be a number");
      }
    }
    if (!node.isNumber()) {
      throw fault(field, "is " + node + "; it must be a number");
    }
    double value = node.asDouble();
    boolean finite = node.isBigDecimal() || node.isIntegralNumber();
    if (finite && node.decimalValue().abs().compareTo(new BigDecimal(most)) > 0) {
      throw fault(field, "is " + node + "; the largest " + field + " is " + most);
    }
    return value;
  }

  /** The objects of a list; empty where the field is not there. */
  List<CaseFields> objects(String field) {
    JsonNode list = json.path(field);
    if (!list.isArray() && !list.isMissingNode()) {
      throw fault(field, "is no list");
    }
    List<CaseFields> objects = new ArrayList<>();
    for (JsonNode node : list) {
      String name = where + field + "[" + objects.size() + "]: ";
      if (!node.isObject()) {
        throw new InputException(name + "is " + node + "; it must be an object, {…}");
      }
      objects.add(new CaseFields(name, node));
    }
    return objects;
  }

  /** The texts of a list; empty where the field is not there. */
  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    json.path(field).forEach(t -> texts.add(t.asText()));
    return texts;
  }

  /** A number that only the project's own cases have. */
  double number(String field) {
    return required(field).asDouble();
  }
}
