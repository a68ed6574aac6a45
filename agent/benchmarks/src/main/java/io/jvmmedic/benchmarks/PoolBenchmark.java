package io.jvmmedic.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A pool over a driver that does nothing: the dearest place a hook can be. {@code -p library=HIKARI} picks one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PoolBenchmark {

    @Param
    public PoolLibrary library;

    private DataSource pool;

    @Setup
    public void open() throws SQLException {
        pool = library.open();
    }

    @TearDown
    public void close() throws Exception {
        PoolLibrary.close(pool);
    }

    @Benchmark
    public Connection borrowAndReturn() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return connection;
        }
    }

    @Benchmark
    public boolean borrowExecuteReturn() throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement("select 1")) {
            return statement.execute();
        }
    }
}
