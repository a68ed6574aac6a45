package io.jvmmedic.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks without the agent, with it, and without it once more, for 1 and 4 threads, and prints the ratios.
 * The second run without the agent is the noise: a ratio within it says nothing.
 *
 * <p>{@code java -jar benchmarks.jar <agent jar> [JMH options]}; JMH options shorten or narrow the run, for example
 * {@code -f 1 -wi 2 -i 3 Borrow}.
 */
public final class Main {

    private static final List<Integer> THREADS = List.of(1, 4);

    private Main() {
    }

    public static void main(String[] args) throws Exception {
        Path agent = args.length == 0 ? Path.of("") : Path.of(args[0]);
        if (!Files.isRegularFile(agent)) {
            System.err.println("Usage: java -jar benchmarks.jar <jvm-medic-agent.jar> [JMH options]");
            System.exit(2);
        }
        CommandLineOptions jmh = new CommandLineOptions(Arrays.copyOfRange(args, 1, args.length));
        String flag = "-javaagent:" + agent.toAbsolutePath() + "=log=off";
        Map<String, double[]> times = new TreeMap<>();
        Map<String, double[]> bytes = new TreeMap<>();
        List<String> runs = List.of("", flag, "");
        for (int threads : THREADS) {
            for (int run = 0; run < runs.size(); run++) {
                for (RunResult result : run(jmh, threads, runs.get(run))) {
                    String name = result.getParams().getBenchmark().replaceFirst(".*\\.(\\w+)Benchmark\\.(\\w+)$", "$1.$2")
                            + library(result) + " x" + threads;
                    times.computeIfAbsent(name, key -> new double[runs.size()])[run] = result.getPrimaryResult().getScore();
                    bytes.computeIfAbsent(name, key -> new double[runs.size()])[run] = allocated(result);
                }
            }
        }
        System.out.println();
        System.out.printf("%-34s %9s %9s %7s %7s %8s %8s%n",
                "benchmark", "none ns", "agent ns", "ratio", "noise", "none B", "agent B");
        times.forEach((name, ns) -> System.out.printf("%-34s %9.1f %9.1f %7.2f %7.2f %8.0f %8.0f%n",
                name, ns[0], ns[1], ns[1] / ns[0], ns[2] / ns[0], bytes.get(name)[0], bytes.get(name)[1]));
    }

    private static List<RunResult> run(CommandLineOptions jmh, int threads, String flag) throws Exception {
        Options options = new OptionsBuilder().parent(jmh).threads(threads).addProfiler(GCProfiler.class)
                .jvmArgsAppend(flag.isEmpty() ? new String[] {"-Xmx1g"} : new String[] {"-Xmx1g", flag}).build();
        return new ArrayList<>(new Runner(options).run());
    }

    private static String library(RunResult result) {
        return result.getParams().getParamsKeys().contains("library") ? " " + result.getParams().getParam("library") : "";
    }

    private static double allocated(RunResult result) {
        return Optional.ofNullable(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                .map(Result::getScore).orElse(Double.NaN);
    }
}
