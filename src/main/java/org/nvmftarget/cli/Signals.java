package org.nvmftarget.cli;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Signals of the process. The JDK's only door to them, {@code sun.misc.Signal}, gives a warning at compile time that
 * nothing can suppress: it is reached by name.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs {@code handler}, on a thread of its own, whenever {@code name} (without SIG) arrives. False, and it never runs,
     * where the signal was ignored when the process began: the JVM leaves SIGHUP, SIGINT and SIGTERM so, as nohup(1) wants.
     */
    static boolean on(String name, Runnable handler) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            Object signal = signalClass.getConstructor(String.class).newInstance(name);
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(),
                    new Class<?>[] {handlerClass},
                    (self, method, args) -> invoke(method.getName(), self, args, handler));
            Object before =
                    signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, proxy);
            return !handlerClass.getField("SIG_IGN").get(null).equals(before);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no sun.misc.Signal", e);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
    private static @Nullable Object invoke(String method, Object self, Object @Nullable [] args, Runnable handler) {
        return switch (method) {
            case "handle" -> {
                handler.run();
                yield null;
            }
            case "equals" -> args != null && args[0] == self;
            case "hashCode" -> System.identityHashCode(self);
            default -> "signal handler";
        };
    }
}
