package io.jvmmedic.core.instrument;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;

/** H2 behind a network that does not answer the first connects, or a server that refuses some, as the test wants. */
public final class StubbornDriver implements Driver, AutoCloseable {

    private static final String PREFIX = "jdbc:stubborn:";
    private static final long LONG_SECONDS = 600;

    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger toHang;
    private final AtomicInteger toRefuse = new AtomicInteger();
    private final AtomicInteger hanging = new AtomicInteger();

    public StubbornDriver(int toHang) throws SQLException {
        this.toHang = new AtomicInteger(toHang);
        DriverManager.registerDriver(this);
    }

    public static String url(String database) {
        return PREFIX + database;
    }

    public int hanging() {
        return hanging.get();
    }

    public void refuse(int connects) {
        toRefuse.set(connects);
    }

    public void answer() {
        answer.countDown();
    }

    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        if (toHang.getAndDecrement() > 0) {
            hang();
        }
        if (toRefuse.getAndDecrement() > 0) {
            throw new SQLException("sorry, too many clients already", "53300");
        }
        return DriverManager.getConnection("jdbc:h2:mem:" + url.substring(PREFIX.length()), info);
    }

    /** Like a read from a socket, it is not interruptible. */
    private void hang() {
        hanging.incrementAndGet();
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_SECONDS);
        while (answer.getCount() > 0 && System.nanoTime() < end) {
            try {
                answer.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        hanging.decrementAndGet();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws SQLException {
        answer();
        DriverManager.deregisterDriver(this);
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }
}
