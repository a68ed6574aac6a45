package io.jvmmedic.core.instrument.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseNameTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "jdbc:postgresql://db.shop:5432/orders?user=joe&password=secret | jdbc:postgresql://db.shop:5432/orders",
            "jdbc:postgresql://one:5432,two/orders                          | jdbc:postgresql://one:5432,two/orders",
            "jdbc:postgresql://[::1]:5432/orders                            | jdbc:postgresql://[::1]:5432/orders",
            "jdbc:postgresql:orders                                         | jdbc:postgresql:orders",
            "jdbc:h2:mem:orders;USER=sa;PASSWORD=secret                     | jdbc:h2:mem:orders",
            "jdbc:h2:~/orders                                               | jdbc:h2:~/orders",
            "jdbc:mysql://joe:secret@db/orders                              | jdbc:mysql://db/orders",
            "jdbc:mysql://joe:sec/ret@db/orders                             | jdbc:mysql://db/orders",
            "jdbc:mysql:loadbalance://one,two/orders?password=secret        | jdbc:mysql:loadbalance://one,two/orders",
            "jdbc:oracle:thin:joe/secret@//db:1521/orders                   | jdbc:oracle:thin://db:1521/orders",
            "jdbc:oracle:thin:@db:1521:ORCL                                 | jdbc:oracle:thin://db:1521:ORCL",
            "jdbc:oracle:thin:@tcps://db:2484/orders                        | jdbc:oracle:thin:...",
            "''                                                             | jdbc:test:..."})
    void keepsDriverHostAndDatabase(String url, String name) {
        assertEquals(name, DatabaseName.of(url, "test"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "jdbc:postgresql://joe:secret@db/orders", "jdbc:postgresql://db/orders?user=a@b&password=secret",
            "jdbc:mysql://joe:secret?x@db/orders", "jdbc:mysql://joe:x;secret@db", "jdbc:mysql://joe:secret@x@db/orders",
            "jdbc:mysql://(host=db,user=joe,password=secret)/orders", "jdbc:mysql://address=(host=db)(password=secret)/",
            "jdbc:mysql://db/orders?password=s@secret", "jdbc:oracle:thin:joe/secret?x@db",
            "jdbc:oracle:thin:@(DESCRIPTION=(SECURITY=(WALLET_PASSWORD=secret)))", "jdbc:oracle:thin:joe/secret",
            "jdbc:h2:mem:x;PASSWORD=secret", "jdbc:h2:mem:x;INIT=CREATE USER X PASSWORD 'secret'", "secret"})
    void neverTellsASecret(String url) {
        assertFalse(DatabaseName.of(url, "test").contains("secret"), () -> DatabaseName.of(url, "test"));
    }
}
