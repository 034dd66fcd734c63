#!/bin/bash
# The users of compose.yaml, made once by the image's entry point after roles.sql. Passwords come from the environment
# and are handed over as parameters, so that they are in no statement and no log.
set -euo pipefail

create_user() {
    clickhouse-client --user "$CLICKHOUSE_USER" --password "$CLICKHOUSE_PASSWORD" --param_password="$3" --query "
        CREATE USER IF NOT EXISTS $1 IDENTIFIED WITH sha256_password BY {password:String} DEFAULT ROLE $2"
    clickhouse-client --user "$CLICKHOUSE_USER" --password "$CLICKHOUSE_PASSWORD" --query "GRANT $2 TO $1"
}

create_user jejak_migrator jejak_migrator "$MIGRATOR_PASSWORD"
create_user jejak_writer jejak_writer "$WRITER_PASSWORD"
create_user jejak_reader jejak_reader "$READER_PASSWORD"
