package io.jvmmedic.core.instrument;

import static io.jvmmedic.core.instrument.Member.method;

import java.util.ArrayList;
import java.util.List;

/** Methods of JDBC that every pool's wrappers have, as variants of one hook. */
public final class JdbcMembers {

    public static final Member UNWRAP = method("unwrap", "(Ljava/lang/Class;)Ljava/lang/Object;");

    /** The next row of a result set. */
    public static final Member NEXT = method("next", "()Z");

    /** Whether a connection still works. Who keeps one for long may ask nothing else of it. */
    public static final Member IS_VALID = method("isValid", "(I)Z");

    private static final String STRING = "Ljava/lang/String;";

    private JdbcMembers() {
    }

    /** Objects of the driver that a connection makes, and that work through it later. */
    public static Member[] creations() {
        return new Member[] {method("createBlob", "()Ljava/sql/Blob;"), method("createClob", "()Ljava/sql/Clob;"),
            method("createNClob", "()Ljava/sql/NClob;"), method("createSQLXML", "()Ljava/sql/SQLXML;"),
            method("createArrayOf", "(" + STRING + "[Ljava/lang/Object;)Ljava/sql/Array;"),
            method("createStruct", "(" + STRING + "[Ljava/lang/Object;)Ljava/sql/Struct;")};
    }

    /** Ends of a transaction. */
    public static Member[] ends() {
        return new Member[] {method("commit", "()V"), method("rollback", "()V"),
            method("rollback", "(Ljava/sql/Savepoint;)V")};
    }

    /** Executions of a statement that is given its text, batches included. */
    public static Member[] executesText() {
        List<Member> members = new ArrayList<>();
        members.add(method("executeQuery", "(" + STRING + ")Ljava/sql/ResultSet;"));
        members.add(method("executeBatch", "()[I"));
        members.add(method("executeLargeBatch", "()[J"));
        for (String arguments : List.of("", "I", "[I", "[" + STRING)) {
            members.add(method("execute", "(" + STRING + arguments + ")Z"));
            members.add(method("executeUpdate", "(" + STRING + arguments + ")I"));
            members.add(method("executeLargeUpdate", "(" + STRING + arguments + ")J"));
        }
        return members.toArray(Member[]::new);
    }

    /** Executions of a prepared statement. */
    public static Member[] executesPrepared() {
        return new Member[] {method("execute", "()Z"), method("executeQuery", "()Ljava/sql/ResultSet;"),
            method("executeUpdate", "()I"), method("executeLargeUpdate", "()J")};
    }

    /** Getters, by index and by name, of objects of the driver that read through its connection later. */
    public static Member[] locators() {
        List<Member> members = new ArrayList<>();
        for (String[] getter : new String[][] {
            {"getBlob", "Ljava/sql/Blob;"}, {"getClob", "Ljava/sql/Clob;"}, {"getNClob", "Ljava/sql/NClob;"},
            {"getSQLXML", "Ljava/sql/SQLXML;"}, {"getArray", "Ljava/sql/Array;"}, {"getRef", "Ljava/sql/Ref;"},
            {"getBinaryStream", "Ljava/io/InputStream;"}, {"getAsciiStream", "Ljava/io/InputStream;"},
            {"getUnicodeStream", "Ljava/io/InputStream;"}, {"getCharacterStream", "Ljava/io/Reader;"},
            {"getNCharacterStream", "Ljava/io/Reader;"}}) {
            members.add(method(getter[0], "(I)" + getter[1]));
            members.add(method(getter[0], "(" + STRING + ")" + getter[1]));
        }
        return members.toArray(Member[]::new);
    }

    /** Getters of what is mostly a plain value and sometimes such an object. */
    public static Member[] objects() {
        List<Member> members = new ArrayList<>();
        for (String arguments : List.of("", "Ljava/util/Map;", "Ljava/lang/Class;")) {
            members.add(method("getObject", "(I" + arguments + ")Ljava/lang/Object;"));
            members.add(method("getObject", "(" + STRING + arguments + ")Ljava/lang/Object;"));
        }
        return members.toArray(Member[]::new);
    }
}
