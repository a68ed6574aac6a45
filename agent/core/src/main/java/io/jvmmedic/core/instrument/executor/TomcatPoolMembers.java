package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code org.apache.tomcat.util.threads.ThreadPoolExecutor}, since 9.0.55 and 10.1 a copy of the JDK's class with the same
 * methods; before, it was a subclass and needs nothing of this. Belongs to a handle, whose loader it keeps.
 */
final class TomcatPoolMembers {

    /** The copy; the subclass of older versions has the same name and is met as the JDK's. */
    static final String TYPE = "org.apache.tomcat.util.threads.ThreadPoolExecutor";

    private static final List<String> GETTERS = List.of("getActiveCount", "getPoolSize", "getCorePoolSize",
            "getMaximumPoolSize", "getQueue", "getCompletedTaskCount", "prestartCoreThread");
    private static final List<String> SETTERS = List.of("setCorePoolSize", "setMaximumPoolSize");

    private final Map<String, Method> methods = new HashMap<>();

    private TomcatPoolMembers(Class<?> type) {
        GETTERS.forEach(name -> Members.method(type, name).ifPresent(found -> methods.put(name, found)));
        SETTERS.forEach(name -> Members.method(type, name, int.class).ifPresent(found -> methods.put(name, found)));
    }

    /** {@code null} when this is none, or one of a version that lacks something. */
    static TomcatPoolMembers of(Object executor) {
        for (Class<?> type = executor.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(TYPE)) {
                TomcatPoolMembers members = new TomcatPoolMembers(type);
                return members.methods.size() == GETTERS.size() + SETTERS.size() ? members : null;
            }
        }
        return null;
    }

    ThreadPoolApi api(ExecutorService executor) {
        return new OfTomcat(executor);
    }

    private final class OfTomcat implements ThreadPoolApi {

        private final ExecutorService executor;

        private OfTomcat(ExecutorService executor) {
            this.executor = executor;
        }

        @Override
        public ReentrantLock mainLock() {
            return JdkMembers.mainLock(executor);
        }

        @Override
        public int active() {
            return (int) call("getActiveCount");
        }

        @Override
        public int size() {
            return (int) call("getPoolSize");
        }

        @Override
        public int core() {
            return (int) call("getCorePoolSize");
        }

        @Override
        public int max() {
            return (int) call("getMaximumPoolSize");
        }

        @Override
        public BlockingQueue<?> queue() {
            return (BlockingQueue<?>) call("getQueue");
        }

        @Override
        public long completed() {
            return (long) call("getCompletedTaskCount");
        }

        @Override
        public boolean isShutdown() {
            return executor.isShutdown();
        }

        @Override
        public boolean isScheduled() {
            return false;
        }

        @Override
        public void setCore(int size) {
            call("setCorePoolSize", size);
        }

        @Override
        public void setMax(int size) {
            call("setMaximumPoolSize", size);
        }

        @Override
        public boolean startWorker() {
            return (boolean) call("prestartCoreThread");
        }

        private Object call(String method, Object... arguments) {
            try {
                return Members.call(executor, methods.get(method), arguments);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
