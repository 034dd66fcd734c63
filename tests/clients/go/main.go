// What Grafana's data source does: clickhouse-go over HTTP, each call one line of JSON on standard output.
//
// Arguments: HOST:PORT, the database, a workspace, one of its contacts, and the views to read.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Each call's name, and what it answers.
func say(call string, answer any, err error) {
	line := map[string]any{"call": call, "answer": answer}
	if err != nil {
		line["error"] = err.Error()
		var exception *clickhouse.Exception
		if errors.As(err, &exception) {
			line["code"] = exception.Code
		}
	}
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

func options(address, database string, method clickhouse.CompressionMethod) *clickhouse.Options {
	return &clickhouse.Options{
		Protocol:    clickhouse.HTTP,
		Addr:        []string{address},
		Auth:        clickhouse.Auth{Database: database, Username: "default"},
		Compression: &clickhouse.Compression{Method: method},
		Settings:    clickhouse.Settings{"max_execution_time": 60},
	}
}

// One row as text, column by column, in Go's own types: what a data source makes its frames of.
func rows(db *sql.DB, query string, arguments ...any) (any, error) {
	result, err := db.Query(query, arguments...)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	columns, err := result.ColumnTypes()
	if err != nil {
		return nil, err
	}
	types, values := []string{}, [][]any{}
	for _, column := range columns {
		types = append(types, column.Name()+" "+column.DatabaseTypeName())
	}
	for result.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := result.Scan(into...); err != nil {
			return nil, err
		}
		for i, value := range row {
			row[i] = plain(value)
		}
		values = append(values, row)
	}
	return map[string]any{"types": types, "rows": values}, result.Err()
}

func plain(value any) any {
	switch value := value.(type) {
	case time.Time:
		return value.UTC().Format("2006-01-02T15:04:05.000Z")
	case *time.Time:
		if value == nil {
			return nil
		}
		return plain(*value)
	case *string:
		if value == nil {
			return nil
		}
		return *value
	case big.Int:
		return value.String()
	case fmt.Stringer:
		return value.String()
	}
	return value
}

func main() {
	address, database, workspace, contact, views := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5:]
	say("driver", driver(), nil)
	for name, method := range map[string]clickhouse.CompressionMethod{
		"none": clickhouse.CompressionNone, "lz4": clickhouse.CompressionLZ4, "zstd": clickhouse.CompressionZSTD,
		"gzip": clickhouse.CompressionGZIP,
	} {
		db := clickhouse.OpenDB(options(address, database, method))
		say("ping "+name, true, db.Ping())
		sum, err := sum(db)
		say("sum "+name, sum, err)
	}
	db := clickhouse.OpenDB(options(address, database, clickhouse.CompressionLZ4))
	ask := func(call, query string, arguments ...any) {
		answer, err := rows(db, query, arguments...)
		say(call, answer, err)
	}
	for _, view := range views {
		ask("view "+view, "SELECT * FROM "+view+" ORDER BY ALL LIMIT 20")
	}
	ask("bound lookup", `SELECT title, actor, occurred_at, event_order
		FROM contact_journey(workspace_id = ?, contact_id = ?) ORDER BY event_order LIMIT 5`, workspace, contact)
	types(db)
	ask("empty", "SELECT * FROM leads WHERE 0")
	ask("error", "SELECT * FROM nothing_of_the_kind")
	batch(db)
	cancelled(db)
}

func driver() string {
	about, _ := debug.ReadBuildInfo()
	for _, module := range about.Deps {
		if strings.HasSuffix(module.Path, "clickhouse-go/v2") {
			return module.Version
		}
	}
	return "?"
}

func sum(db *sql.DB) (uint64, error) {
	result, err := db.Query("SELECT number, toString(number) AS text FROM numbers(300000)")
	if err != nil {
		return 0, err
	}
	defer result.Close()
	var total, number uint64
	for text := ""; result.Next(); total += number + uint64(len(text)) {
		if err := result.Scan(&number, &text); err != nil {
			return 0, err
		}
	}
	return total, result.Err()
}

// Values of many types, each beside what ClickHouse writes for it: blocks are taken apart by their types on the way.
func types(db *sql.DB) {
	values := []string{
		"toLowCardinality(toString(number % 3))", "[toLowCardinality('a'), toString(number)]", "[[1, 2], [], [number]]",
		"map('k', toString(number))", "(number, 'x', [toLowCardinality('y')])", "if(number % 2, NULL, 'z')",
		"toFixedString('ab', 2)", "toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')", "toIPv4('1.2.3.4')", "toIPv6('::1')",
		"toDecimal128(number, 3)", "toInt256(number)", "CAST(number % 2, 'Enum8(''even'' = 0, ''odd'' = 1)')",
		"toDate('2026-01-01') + number", "toFloat64(number) / 4", "number = 1", "[toNullable(number), NULL]",
		"toLowCardinality(if(number % 2, NULL, 'lc'))", "repeat('long', 100 * number)", "toIntervalDay(number)",
	}
	texts := []string{}
	for _, value := range values {
		texts = append(texts, "toString("+value+")")
	}
	read := func(list []string) any {
		result, err := db.Query("SELECT " + strings.Join(list, ", ") + " FROM numbers(3)")
		if err != nil {
			return err.Error()
		}
		defer result.Close()
		columns, _ := result.Columns()
		count, last := 0, make([]any, len(columns))
		for result.Next() {
			into := make([]any, len(columns))
			for i := range into {
				into[i] = &last[i]
			}
			if err := result.Scan(into...); err != nil {
				return err.Error()
			}
			count++
		}
		return []any{count, len(columns), fmt.Sprint(result.Err())}
	}
	say("types", read(values), nil)
	say("types as text", read(texts), nil)
}

func batch(db *sql.DB) {
	answer, err := func() (any, error) {
		if _, err := db.Exec(`CREATE OR REPLACE TABLE from_go (id UInt64, name LowCardinality(String),
			at Nullable(DateTime64(3, 'UTC'))) ENGINE = MergeTree ORDER BY id`); err != nil {
			return nil, err
		}
		defer db.Exec("DROP TABLE from_go")
		work, err := db.Begin()
		if err != nil {
			return nil, err
		}
		statement, err := work.Prepare("INSERT INTO from_go")
		if err != nil {
			return nil, err
		}
		for i := range 1000 {
			if _, err := statement.Exec(uint64(i), fmt.Sprint("it's ", i%7), time.UnixMilli(int64(i))); err != nil {
				return nil, err
			}
		}
		if err := work.Commit(); err != nil {
			return nil, err
		}
		return rows(db, "SELECT count(), uniqExact(name), max(at) FROM from_go")
	}()
	say("batch insert", answer, err)
}

func cancelled(db *sql.DB) {
	limited, stop := context.WithCancel(context.Background())
	limited = clickhouse.Context(limited, clickhouse.WithQueryID("go-endless"),
		clickhouse.WithSettings(clickhouse.Settings{"cancel_http_readonly_queries_on_client_close": 1}))
	ended := make(chan error)
	go func() {
		_, err := db.QueryContext(limited, "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)")
		ended <- err
	}()
	seen := until(db, 1)
	stop()
	say("cancel", map[string]any{"seen": seen, "cancelled": errors.Is(<-ended, context.Canceled), "left": until(db, 0)}, nil)
}

// How often the query runs, as soon as that is what is wanted, or after 20 seconds.
func until(db *sql.DB, wanted uint64) uint64 {
	count := ^uint64(0)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline) && count != wanted; {
		db.QueryRow("SELECT count() FROM system.processes WHERE query_id = 'go-endless'").Scan(&count)
		time.Sleep(20 * time.Millisecond)
	}
	return count
}
