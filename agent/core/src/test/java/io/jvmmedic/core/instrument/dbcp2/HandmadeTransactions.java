package io.jvmmedic.core.instrument.dbcp2;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** A transaction manager with one transaction, as small as DBCP2 lets it be, for the {@code javax.transaction} of a loader. */
final class HandmadeTransactions {

    private static final int COMMITTED = 3;

    private final Class<?> synchronization;
    private final Object manager;
    private Object atTheEnd;
    private boolean active = true;

    HandmadeTransactions(ClassLoader loader) throws ClassNotFoundException {
        synchronization = loader.loadClass("javax.transaction.Synchronization");
        Object transaction = proxy(loader, "javax.transaction.Transaction", (proxy, method, arguments) ->
                switch (method.getName()) {
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "getStatus" -> active ? 0 : COMMITTED;
                    case "enlistResource", "delistResource" -> true;
                    case "registerSynchronization" -> {
                        atTheEnd = arguments[0];
                        yield null;
                    }
                    default -> throw new UnsupportedOperationException(method.toString());
                });
        manager = proxy(loader, "javax.transaction.TransactionManager", (proxy, method, arguments) ->
                switch (method.getName()) {
                    case "getTransaction" -> active ? transaction : null;
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    private static Object proxy(ClassLoader loader, String type, InvocationHandler calls) throws ClassNotFoundException {
        return Proxy.newProxyInstance(loader, new Class<?>[] {loader.loadClass(type)}, calls);
    }

    Object manager() {
        return manager;
    }

    /** Ends the transaction and tells whoever wanted to know. */
    void commit() throws ReflectiveOperationException {
        active = false;
        synchronization.getMethod("afterCompletion", int.class).invoke(atTheEnd, COMMITTED);
    }
}
