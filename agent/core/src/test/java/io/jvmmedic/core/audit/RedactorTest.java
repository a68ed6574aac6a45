package io.jvmmedic.core.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "jdbc:postgresql://db:5432/orders?user=app&password=x | jdbc:postgresql://db:5432/orders",
            "jdbc:postgresql://app:s3cret@db:5432/orders          | jdbc:postgresql://db:5432/orders",
            "jdbc:mysql://app:p@ss?w/rd@db/orders                 | jdbc:mysql://db/orders",
            "jdbc:h2:mem:orders;USER=sa;PASSWORD=sa               | jdbc:h2:mem:orders",
            "jdbc:sqlserver://db;user=sa;password=x               | jdbc:sqlserver://db",
            "jdbc:oracle:thin:scott/tiger@//db:1521/orders        | jdbc:oracle://db:1521/orders",
            "jdbc:oracle:thin:scott/tiger@db:1521:orders          | jdbc:oracle:db:1521:orders",
            "jdbc:oracle:thin:@//db:1521/orders                   | jdbc:oracle://db:1521/orders",
            "GET https://me:pw@api.example.com/v1/x?key=1#frag done | GET https://api.example.com/v1/x done",
            "amqp://guest:guest@mq:5672/v                         | amqp://mq:5672/v",
    })
    void urlsKeepHostAndPathOnly(String text, String expected) {
        assertEquals(expected, Redactor.redact(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "password=hunter2, user=app                | password=***, user=app",
            "spring.datasource.password = hunter2      | spring.datasource.password = ***",
            "DB_PASSWORD=\"two words\" next            | DB_PASSWORD=*** next",
            "secret-key=abc;x=1                        | secret-key=***;x=1",
            "{\"apiKey\":\"abc\",\"n\":1}              | {\"apiKey\":***,\"n\":1}",
            "access_token: abc def                     | access_token: *** def",
            "Authorization: Bearer abc.def-ghi rest    | Authorization: *** rest",
            "Authorization: Basic dXNlcjpwYXNz         | Authorization: ***",
            "sent bearer abc.def-ghi                   | sent bearer ***",
            "pwd=x                                     | pwd=***",
    })
    void secretsGo(String text, String expected) {
        assertEquals(expected, Redactor.redact(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "select * from users where name = 'O''Brien' and id=42       | select * from users where name = ? and id=?",
            "SELECT a FROM t WHERE b IN (1, 2,'x') LIMIT 10              | SELECT a FROM t WHERE b IN (?, ?,?) LIMIT ?",
            "insert into t (a, b) values (7, 'secret text')              | insert into t (a, b) values (?, ?)",
            "update users set mail = \"a@b.c\" where x between 1 and 2   | update users set mail = ? where x between ? and ?",
            "delete from t where a = 'never closed                       | delete from t where a = ?",
            "select x from t where body = $tag$ it's $5 $tag$ and n = -1 | select x from t where body = ? and n = ?",
            "runs select name from t1 where id = ? for 12 s              | runs select name from t1 where id = ? for 12 s",
    })
    void valuesInSqlGo(String text, String expected) {
        assertEquals(expected, Redactor.redact(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "pool:orders: active=10 idle=0 max=10 waiting=4",
            "pool:orders: 3 connections leaked, borrowed in OrderService.save:88, unreachable for 4.2 s",
            "thread 'http-nio-8080-exec-1' (id 42) waits for lock <0x1f> held by 'token-refresher'",
            "executor:token-store: 4 of 4 workers wait, queue 17",
            "http:secrets: 2 responses leaked at api.example.com:443",
            "at com.acme.PasswordEncoder.matches(PasswordEncoder.java:12)",
            "active falls from 10 to at most 9 within 5 s",
            "",
    })
    void plainSentencesStayAsTheyAre(String text) {
        assertEquals(text, Redactor.redact(text));
    }

    @Test
    void redactingTwiceChangesNothing() {
        String once = Redactor.redact("password=x jdbc:mysql://a:b@c/d?e=f select a from b where c='d'");
        assertEquals("password=*** jdbc:mysql://c/d select a from b where c=?", once);
        assertEquals(once, Redactor.redact(once));
    }

    @Test
    void jsonKeepsItsShape() {
        assertEquals(JsonParser.parseString("{'a':['password=***',1,null,true],'b':{'token':'jdbc:h2:x'}}"),
                Redactor.redact(JsonParser.parseString(
                        "{'a':['password=x',1,null,true],'b':{'token':'jdbc:h2:x;user=y'}}")));
    }

    /** By CPU time: how busy the machine is with other things says nothing. */
    @Test
    void hostileTextsTakeNoLongerThanTheyAreLong() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (String piece : new String[] {"select ", "update x", "password", "token.", "jdbc:a:", "a://", "'", "\"", "$a", "bearer ",
                "select a from b where c in ("}) {
            String text = piece.repeat(100_000 / piece.length());
            long before = threads.getCurrentThreadCpuTime();
            Redactor.redact(text);
            long taken = threads.getCurrentThreadCpuTime() - before;
            assertTrue(taken < TimeUnit.SECONDS.toNanos(10), piece + " took " + taken + " ns");
        }
    }
}
