package dev.tilewright.sim;

import dev.tilewright.TilewrightException;
import java.util.List;

/** Kernels that ran on a simulated GPU had faults; thrown by the next call that synchronises. */
public final class SimFindingException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  private final transient List<Finding> findings;

  SimFindingException(String device, List<Finding> findings) {
    super(message(device, findings));
    this.findings = List.copyOf(findings);
  }

  private static String message(String device, List<Finding> findings) {
    StringBuilder text = new StringBuilder(device);
    text.append(": ")
        .append(findings.size())
        .append(findings.size() == 1 ? " finding" : " findings");
    findings.forEach(f -> text.append(System.lineSeparator()).append(f));
    return text.toString();
  }

  /** The faults, in the order in which they were noticed. */
  public List<Finding> findings() {
    return findings;
  }
}
