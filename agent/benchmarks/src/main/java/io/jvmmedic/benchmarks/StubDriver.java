package io.jvmmedic.benchmarks;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * A driver that does nothing, so that only the pool and the hooks are measured. Both kinds in one, as the pools ask for the
 * one or the other; public with a constructor for those that make it themselves.
 */
public final class StubDriver implements DataSource, Driver {

    static final String URL = "jdbc:stub:";

    private static final Map<Class<?>, Object> DEFAULTS = Map.of(
            boolean.class, true, int.class, 0, long.class, 0L);

    @Override
    public Connection getConnection() {
        DatabaseMetaData metaData = stub(DatabaseMetaData.class, (proxy, method, args) ->
                method.getReturnType() == String.class ? "stub" : DEFAULTS.get(method.getReturnType()));
        PreparedStatement statement = stub(PreparedStatement.class, (proxy, method, args) ->
                DEFAULTS.get(method.getReturnType()));
        return stub(Connection.class, (proxy, method, args) -> switch (method.getName()) {
            case "prepareStatement", "createStatement" -> statement;
            case "getMetaData" -> metaData;
            case "isClosed", "isReadOnly" -> false;
            default -> DEFAULTS.get(method.getReturnType());
        });
    }

    private static <T> T stub(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(StubDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public Connection connect(String url, Properties info) {
        return getConnection();
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.equals(URL);
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
    public Connection getConnection(String user, String password) {
        return getConnection();
    }

    @Override
    public java.io.PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(java.io.PrintWriter out) {
        // Nothing is logged.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // Nothing is waited for.
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
