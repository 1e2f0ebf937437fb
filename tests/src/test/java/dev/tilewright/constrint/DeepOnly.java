package dev.tilewright.constrint;

import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** Skips a property unless the long tests are wanted. */
final class DeepOnly implements SkipExecutionHook {
  @Override
  public SkipResult shouldBeSkipped(LifecycleContext context) {
    return Boolean.getBoolean("tilewright.deep")
        ? SkipResult.doNotSkip()
        : SkipResult.skip("only with -Pdeep");
  }
}
