import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;

/**
 * What DBeaver does: ClickHouse's JDBC driver, each call one line of JSON on standard output.
 *
 * <p>Arguments: HOST:PORT, the database, a workspace, one of its contacts, and the views to read.
 */
public class Calls {
    interface Call {
        Object answer() throws Exception;
    }

    static void say(String name, Call call) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("call", name);
        try {
            line.put("answer", call.answer());
        } catch (SQLException error) {
            line.put("error", error.getMessage());
            line.put("code", error.getErrorCode());
        } catch (Exception error) {
            line.put("error", error.toString());
        }
        System.out.println(json(line));
    }

    static String json(Object value) {
        if (value == null || value instanceof Boolean || value instanceof Byte || value instanceof Short
                || value instanceof Integer || value instanceof Long || value instanceof Double) {
            return String.valueOf(value);
        }
        if (value instanceof Map<?, ?> map) {
            List<String> parts = new ArrayList<>();
            map.forEach((name, inner) -> parts.add(json(String.valueOf(name)) + ":" + json(inner)));
            return "{" + String.join(",", parts) + "}";
        }
        if (value instanceof Iterable<?> list) {
            List<String> parts = new ArrayList<>();
            list.forEach(inner -> parts.add(json(inner)));
            return "[" + String.join(",", parts) + "]";
        }
        if (value instanceof Object[] array) {
            return json(Arrays.asList(array));
        }
        StringBuilder text = new StringBuilder("\"");
        for (char letter : value.toString().toCharArray()) {
            if (letter == '"' || letter == '\\') {
                text.append('\\').append(letter);
            } else if (letter < ' ') {
                text.append(String.format("\\u%04x", (int) letter));
            } else {
                text.append(letter);
            }
        }
        return text.append('"').toString();
    }

    /** A value as the tests compare it: instants in UTC, large numbers as text. */
    static Object plain(Object value) throws SQLException {
        if (value instanceof Timestamp at) {
            return at.toInstant().toString();
        }
        if (value instanceof ZonedDateTime at) {
            return at.toInstant().toString();
        }
        if (value instanceof OffsetDateTime at) {
            return at.toInstant().toString();
        }
        if (value instanceof LocalDateTime at) {
            return at.toString();
        }
        if (value instanceof java.sql.Array array) {
            return plain(array.getArray());
        }
        if (value instanceof java.sql.Struct tuple) {
            return plain(tuple.getAttributes());
        }
        if (value instanceof Object[] array) {
            List<Object> parts = new ArrayList<>();
            for (Object inner : array) {
                parts.add(plain(inner));
            }
            return parts;
        }
        return value;
    }

    static Object rows(ResultSet result) throws SQLException {
        ResultSetMetaData about = result.getMetaData();
        List<Object> types = new ArrayList<>();
        for (int column = 1; column <= about.getColumnCount(); column++) {
            types.add(about.getColumnLabel(column) + " " + about.getColumnTypeName(column));
        }
        List<Object> rows = new ArrayList<>();
        while (result.next()) {
            List<Object> row = new ArrayList<>();
            for (int column = 1; column <= about.getColumnCount(); column++) {
                row.add(plain(result.getObject(column)));
            }
            rows.add(row);
        }
        return Map.of("types", types, "rows", rows);
    }

    static Object named(ResultSet result, String... names) throws SQLException {
        List<Object> rows = new ArrayList<>();
        while (result.next()) {
            List<Object> row = new ArrayList<>();
            for (String name : names) {
                row.add(result.getObject(name));
            }
            rows.add(row);
        }
        return rows;
    }

    public static void main(String[] arguments) throws Exception {
        String url = "jdbc:clickhouse://" + arguments[0] + "/" + arguments[1], database = arguments[1];
        Properties properties = new Properties();
        properties.setProperty("user", "default");
        // By default this version asks SHOW TABLES and DESCRIBE, which know no comments and stumble over lookups.
        properties.setProperty("jdbc_metadata_use_show_statements", "false");
        try (Connection connection = DriverManager.getConnection(url, properties)) {
            metadata(connection, database);
            for (String view : Arrays.asList(arguments).subList(4, arguments.length)) {
                say("view " + view, () -> {
                    try (Statement statement = connection.createStatement()) {
                        return rows(statement.executeQuery("SELECT * FROM " + view + " ORDER BY ALL LIMIT 20"));
                    }
                });
            }
            say("prepared lookup", () -> prepared(connection, arguments[2], arguments[3]));
            say("sum", () -> {
                try (Statement statement = connection.createStatement();
                        ResultSet result = statement.executeQuery(
                                "SELECT number, toString(number) AS text FROM numbers(300000)")) {
                    long sum = 0;
                    while (result.next()) {
                        sum += result.getLong(1) + result.getString(2).length();
                    }
                    return sum;
                }
            });
            say("error", () -> {
                try (Statement statement = connection.createStatement()) {
                    return rows(statement.executeQuery("SELECT * FROM nothing_of_the_kind"));
                }
            });
            say("batch insert", () -> batch(connection));
            say("cancel", () -> cancel(connection));
        }
    }

    static void metadata(Connection connection, String database) throws SQLException {
        DatabaseMetaData about = connection.getMetaData();
        say("driver", about::getDriverVersion);
        say("product", () -> about.getDatabaseProductName() + " " + about.getDatabaseProductVersion());
        say("valid", () -> connection.isValid(10));
        say("schemas", () -> named(about.getSchemas(), "TABLE_SCHEM"));
        say("tables", () -> named(about.getTables(null, database, "%", null), "TABLE_NAME", "TABLE_TYPE", "REMARKS"));
        say("columns", () -> named(
                about.getColumns(null, database, "%", "%"), "TABLE_NAME", "COLUMN_NAME", "TYPE_NAME", "REMARKS"));
        say("keys", () -> named(about.getPrimaryKeys(null, database, "events"), "COLUMN_NAME"));
        say("types", () -> named(about.getTypeInfo(), "TYPE_NAME"));
        say("functions", () -> named(about.getFunctions(null, null, "toStartOfDay"), "FUNCTION_NAME"));
    }

    static Object prepared(Connection connection, String workspace, String contact) throws SQLException {
        String lookup = "SELECT title, actor, occurred_at, event_order "
                + "FROM contact_journey(workspace_id = ?, contact_id = ?) ORDER BY event_order LIMIT 5";
        try (PreparedStatement statement = connection.prepareStatement(lookup)) {
            statement.setString(1, workspace);
            statement.setString(2, contact);
            return rows(statement.executeQuery());
        }
    }

    static Object batch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE OR REPLACE TABLE from_jdbc (id UInt64, name LowCardinality(String), "
                    + "at Nullable(DateTime64(3, 'UTC'))) ENGINE = MergeTree ORDER BY id");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO from_jdbc VALUES (?, ?, ?)")) {
                for (int number = 0; number < 1000; number++) {
                    insert.setLong(1, number);
                    insert.setString(2, "it's " + number % 7);
                    insert.setObject(3, Instant.ofEpochMilli(number).atZone(ZoneOffset.UTC));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            Object stored = rows(statement.executeQuery(
                    "SELECT count(), uniqExact(name), any(name) LIKE 'it''s %', toString(max(at)) FROM from_jdbc"));
            statement.execute("DROP TABLE from_jdbc");
            return stored;
        }
    }

    static Object cancel(Connection connection) throws Exception {
        try (Statement endless = connection.createStatement(); Statement looking = connection.createStatement()) {
            CompletableFuture<String> ended = CompletableFuture.supplyAsync(() -> {
                try {
                    endless.executeQuery("SELECT sum(sipHash64(number)) AS jdbc_endless FROM numbers(1000000000000)");
                    return "it finished";
                } catch (SQLException error) {
                    return "error " + error.getErrorCode();
                }
            });
            while (running(looking) == 0 && !ended.isDone()) {
                Thread.sleep(20);
            }
            endless.cancel();
            String how = ended.get();
            return List.of(how, running(looking));
        }
    }

    static int running(Statement looking) throws SQLException {
        try (ResultSet result = looking.executeQuery("SELECT toInt32(count()) FROM system.processes "
                + "WHERE query LIKE '%jdbc_endless%' AND query NOT LIKE '%processes%'")) {
            result.next();
            return result.getInt(1);
        }
    }
}
