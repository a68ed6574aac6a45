package io.jvmmedic.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What the agent's own threads cost a JVM at rest that has many threads and executors. Prints CPU time per second by thread,
 * once for executors that rest and once for those all of whose workers wait inside a task.
 *
 * <p>Arguments: executors, threads each, seconds of warm-up, seconds measured.
 */
public final class RestCost {

    private static final String OURS = "jvm-medic-";

    private RestCost() {
    }

    public static void main(String[] arguments) throws Exception {
        int executors = argument(arguments, 0, 50);
        int threads = argument(arguments, 1, 100);
        int warmUp = argument(arguments, 2, 60);
        int measured = argument(arguments, 3, 60);
        CountDownLatch release = new CountDownLatch(1);
        ExecutorService[] pools = new ExecutorService[executors];
        for (int i = 0; i < executors; i++) {
            pools[i] = Executors.newFixedThreadPool(threads);
            CountDownLatch started = new CountDownLatch(threads);
            for (int j = 0; j < threads; j++) {
                pools[i].submit(() -> {
                    started.countDown();
                    started.await();
                    return null;
                });
            }
        }
        Thread.sleep(warmUp * 1_000L);
        print("at rest", measured);
        for (ExecutorService pool : pools) {
            for (int j = 0; j < threads; j++) {
                pool.submit(() -> {
                    release.await();
                    return null;
                });
            }
        }
        Thread.sleep(warmUp * 1_000L);
        print("all waiting inside a task", measured);
        System.exit(0);
    }

    private static int argument(String[] arguments, int index, int otherwise) {
        return index < arguments.length ? Integer.parseInt(arguments[index]) : otherwise;
    }

    private static void print(String what, int seconds) throws InterruptedException {
        Map<String, Long> before = cpu();
        Thread.sleep(seconds * 1_000L);
        double sum = 0;
        System.out.printf(Locale.ROOT, "%s, %d threads:%n", what, ManagementFactory.getThreadMXBean().getThreadCount());
        for (Map.Entry<String, Long> entry : cpu().entrySet()) {
            double millis = (entry.getValue() - before.getOrDefault(entry.getKey(), 0L)) / 1e6 / seconds;
            sum += millis;
            System.out.printf(Locale.ROOT, "  %-24s %6.2f ms/s%n", entry.getKey(), millis);
        }
        System.out.printf(Locale.ROOT, "  %-24s %6.2f ms/s = %.2f %% of a core%n", "together", sum, sum / 10);
    }

    private static Map<String, Long> cpu() {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        Map<String, Long> found = new TreeMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(OURS)) {
                found.merge(thread.getName(), bean.getThreadCpuTime(thread.getId()), Long::sum);
            }
        }
        return found;
    }
}
