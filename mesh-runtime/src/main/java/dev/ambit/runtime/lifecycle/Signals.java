package dev.ambit.runtime.lifecycle;

import dev.ambit.runtime.log.Log;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Signals of the process. The JDK's class for them ({@code sun.misc.Signal}, module
 * jdk.unsupported) is reached by reflection, because naming it is a compiler warning that cannot be
 * silenced.
 */
final class Signals {

    private static final Log LOG = Log.get("runtime");

    private Signals() {}

    /** Puts a handler in place of the JVM's; returns how to put the JVM's back. */
    static Runnable on(Map<String, Runnable> handlers) {
        Map<Object, Object> before = new ConcurrentHashMap<>();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            var handle = signal.getMethod("handle", signal, handler);
            for (Map.Entry<String, Runnable> h : handlers.entrySet()) {
                Object name = signal.getConstructor(String.class).newInstance(h.getKey());
                InvocationHandler call =
                        (proxy, method, args) ->
                                switch (method.getName()) {
                                    case "handle" -> {
                                        h.getValue().run();
                                        yield null;
                                    }
                                    case "hashCode" -> System.identityHashCode(proxy);
                                    case "equals" ->
                                            System.identityHashCode(proxy)
                                                    == System.identityHashCode(args[0]);
                                    default -> "handler of " + h.getKey();
                                };
                Object ours =
                        Proxy.newProxyInstance(
                                Signals.class.getClassLoader(), new Class<?>[] {handler}, call);
                before.put(name, handle.invoke(null, name, ours));
            }
            return () -> before.forEach((name, old) -> restore(handle, name, old));
        } catch (ReflectiveOperationException e) {
            LOG.warn("signals go to the JVM: no drain on SIGTERM", "error", e);
            return () -> {};
        }
    }

    private static void restore(java.lang.reflect.Method handle, Object name, Object old) {
        try {
            handle.invoke(null, name, old);
        } catch (ReflectiveOperationException e) {
            LOG.warn("signal handler stays", "signal", name, "error", e);
        }
    }
}
