-- Who may do what in ClickHouse: three roles for Jejak's own processes, two for people. Run it once, as an
-- administrator who may manage access; it may be run again. The database is `jejak`: write another name here if
-- yours has one.
--
-- On a cluster, run it on every server or write ON CLUSTER behind each name (CREATE ROLE … ON CLUSTER 'crm'), unless
-- the servers keep their users in Keeper; then see cluster.sql.

-- `jejak migrate` and `jejak rebuild`. It also makes scratch databases, `jejak_expected_…`, to compare definitions
-- with.
CREATE ROLE IF NOT EXISTS jejak_migrator;
GRANT
    CREATE DATABASE, CREATE TABLE, CREATE VIEW,
    DROP DATABASE, DROP TABLE, DROP VIEW,
    ALTER TABLE, ALTER VIEW,
    SELECT, INSERT, SHOW
ON jejak*.* TO jejak_migrator;
-- A rebuild waits for INSERTs of the workers that began before it, and looks at parts.
GRANT SELECT ON system.processes TO jejak_migrator;
GRANT SELECT ON system.parts TO jejak_migrator;

-- The worker. Materialized views run with the rights of whoever created them (SQL SECURITY DEFINER is ClickHouse's
-- default for them), which is the migrator: the worker needs no right on the tables behind, and the migrator's user
-- must not be dropped.
CREATE ROLE IF NOT EXISTS jejak_writer;
GRANT INSERT, SHOW COLUMNS ON jejak.events TO jejak_writer;
GRANT INSERT, SHOW COLUMNS ON jejak.contact_roots TO jejak_writer;
-- To follow merges it reads them back, and what came of them.
GRANT SELECT ON jejak.contact_merges TO jejak_writer;
GRANT SELECT, INSERT ON jejak.merged_contacts TO jejak_writer;
GRANT SELECT ON jejak.contact_roots TO jejak_writer;
GRANT SELECT ON jejak.root_members TO jejak_writer;
GRANT SELECT ON jejak.roots_clock TO jejak_writer;
-- While a rebuild stands, it does the same in the tables that are being made (contact_roots_rebuild_…).
GRANT SELECT, INSERT, SHOW COLUMNS ON jejak.contact_roots* TO jejak_writer;
GRANT SELECT ON jejak.contact_merges* TO jejak_writer;
GRANT SELECT, INSERT ON jejak.merged_contacts* TO jejak_writer;
GRANT SELECT ON jejak.root_members* TO jejak_writer;
-- One worker counts the dead letters that wait, and leaves out those whose events are stored: the ids, not the texts.
-- Without this right nothing is counted, and all else goes on.
GRANT SELECT(workspace_id, entity, event_source, event_id) ON jejak.events TO jejak_writer;
-- Its readiness, and the looks around each INSERT, ask whether all tables and views are there: not for their rows.
GRANT SHOW TABLES ON jejak.* TO jejak_writer;

-- Reads all workspaces: operators, the dashboards, `jejak status` and the reading commands. The views run with the
-- rights of whoever asks (SQL SECURITY INVOKER is ClickHouse's default for them), so a reader needs the tables
-- behind them too.
CREATE ROLE IF NOT EXISTS jejak_reader;
GRANT SELECT, SHOW ON jejak.* TO jejak_reader;
GRANT SELECT ON system.parts TO jejak_reader;

-- Reads one workspace, that of the user's setting SQL_jejak_workspace:
--
--   CREATE USER rina IDENTIFIED WITH sha256_password BY '…'
--       DEFAULT ROLE jejak_analyst SETTINGS SQL_jejak_workspace = 'ws_kopi' CONST;
--
-- CONST matters: without it a user could name another workspace. A user without the setting gets an error, not rows.
-- The server must allow settings with this prefix (server.xml).
CREATE ROLE IF NOT EXISTS jejak_analyst;
GRANT SELECT, SHOW ON jejak.* TO jejak_analyst;
-- It tells of the tables, not of a workspace, and has no workspace_id for the policy to look at.
REVOKE SELECT ON jejak.schema_history FROM jejak_analyst;

-- The policy stands on every table and view of the database. It filters the tables, where the rows are, so it holds in
-- the views, in parameterized views and in subqueries as well. All others see all rows; said aloud, because what
-- ClickHouse does for users without a policy is a setting of the server.
CREATE ROW POLICY IF NOT EXISTS jejak_own_workspace ON jejak.*
    USING workspace_id = getSetting('SQL_jejak_workspace') TO jejak_analyst;
CREATE ROW POLICY IF NOT EXISTS jejak_all_workspaces ON jejak.*
    USING 1 TO ALL EXCEPT jejak_analyst;

-- People's queries have bounds, and change nothing. `readonly = 2` lets clients set how they want their answers.
CREATE SETTINGS PROFILE IF NOT EXISTS jejak_people SETTINGS
    readonly = 2,
    max_execution_time = 60,
    max_memory_usage = 8000000000
TO jejak_reader, jejak_analyst;
