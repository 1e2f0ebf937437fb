package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Resolves the addresses that initial values hold. */
final class References {
  private final Tokens tokens;
  private final SymbolTable symbols;

  References(Tokens tokens, SymbolTable symbols) {
    this.tokens = tokens;
    this.symbols = symbols;
  }

  void resolve(List<VariableParser.PendingReference> pending) {
    Map<PtxVariable, List<PtxVariable.Reference>> resolved = new IdentityHashMap<>();
    for (VariableParser.PendingReference each : pending) {
      InitialiserParser.NamedAddress address = each.address();
      resolved
          .computeIfAbsent(each.variable(), v -> new ArrayList<>())
          .add(
              new PtxVariable.Reference(
                  address.offset(),
                  address.bytes(),
                  address.shift(),
                  target(address),
                  address.addend(),
                  address.generic()));
    }
    resolved.forEach((variable, references) -> variable.initialise(variable.data(), references));
  }

  private Operand target(InitialiserParser.NamedAddress address) {
    PtxRoutine routine = symbols.routine(address.name());
    if (routine != null) {
      return new Operand.Function(routine);
    }
    PtxVariable variable = symbols.variable(address.name());
    if (variable == null) {
      throw tokens.fail(address.token(), "unknown variable or function in an initial value");
    }
    return new Operand.Symbol(variable, 0);
  }
}
