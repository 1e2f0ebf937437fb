package dev.tilewright.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Turns the first Ctrl-C (SIGINT) or SIGTERM into a call, so that a verb can end in order; the
 * second one ends the JVM at once.
 *
 * <p>{@code sun.misc.Signal}, in the module jdk.unsupported of every JDK, is the one way to handle
 * a signal without a shutdown of the JVM. It is reached by reflection, since javac warns of it in a
 * way that cannot be silenced; a JVM without it keeps its own handling.
 */
final class Interrupts {
  private final Map<Object, Object> previous = new LinkedHashMap<>();

  private Interrupts() {}

  /** Calls {@code onSignal}, on a thread of its own, for the first signal until this is closed. */
  static Interrupts handle(Runnable onSignal) {
    Interrupts interrupts = new Interrupts();
    for (String name : new String[] {"INT", "TERM"}) {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object named = signal.getConstructor(String.class).newInstance(name);
        Object ours =
            Proxy.newProxyInstance(
                Interrupts.class.getClassLoader(),
                new Class<?>[] {handler},
                (proxy, method, arguments) -> {
                  if (!method.getName().equals("handle")) {
                    return ofObject(proxy, method.getName(), arguments);
                  }
                  interrupts.restore(named);
                  onSignal.run();
                  return null;
                });
        Object before = signal.getMethod("handle", signal, handler).invoke(null, named, ours);
        synchronized (interrupts.previous) {
          interrupts.previous.put(named, before);
        }
      } catch (ReflectiveOperationException | IllegalArgumentException unsupported) {
        // The JVM was started with -Xrs, or has no such class: its own handling stays.
      }
    }
    return interrupts;
  }

  private static Object ofObject(Object proxy, String method, Object[] arguments) {
    return switch (method) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "interrupts of tw";
    };
  }

  private void restore(Object signal) {
    Object before;
    synchronized (previous) {
      before = previous.remove(signal);
    }
    if (before == null) {
      return;
    }
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      signal
          .getClass()
          .getMethod("handle", signal.getClass(), handler)
          .invoke(null, signal, before);
    } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalStateException(e); // it was there when the handler was set
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Gives the signals back. */
  void close() {
    Object[] left;
    synchronized (previous) {
      left = previous.keySet().toArray();
    }
    for (Object signal : left) {
      restore(signal);
    }
  }
}
