-- Beyond roles.sql, what the roles need where JEJAK_CLICKHOUSE_CLUSTER is set. Run it on every server, as roles.sql.

-- ON CLUSTER.
GRANT CLUSTER ON *.* TO jejak_migrator;
-- The drift check and the merges of contacts ask all replicas at once (clusterAllReplicas).
GRANT REMOTE ON *.* TO jejak_migrator;
GRANT REMOTE ON *.* TO jejak_writer;
GRANT SELECT ON system.clusters TO jejak_migrator;
GRANT SELECT ON system.tables TO jejak_migrator;
-- Around each INSERT it asks every server for the tables and views that rows must reach.
GRANT SELECT ON system.tables TO jejak_writer;

-- A Distributed table passes an INSERT and a SELECT on as the same user (the cluster's <secret>), to the tables of
-- the shard.
GRANT INSERT, SHOW COLUMNS ON jejak.events_local TO jejak_writer;
GRANT INSERT, SHOW COLUMNS ON jejak.contact_roots_local TO jejak_writer;
GRANT SELECT ON jejak.contact_merges_local TO jejak_writer;
GRANT SELECT, INSERT ON jejak.merged_contacts_local TO jejak_writer;
GRANT SELECT ON jejak.contact_roots_local TO jejak_writer;
GRANT SELECT ON jejak.root_members_local TO jejak_writer;
GRANT SELECT ON jejak.roots_clock_local TO jejak_writer;
GRANT SELECT(workspace_id, entity, event_source, event_id) ON jejak.events_local TO jejak_writer;

-- An INSERT is confirmed by the majority of a shard's replicas: with three of them, a server that is lost with its disk
-- takes nothing with it. With two, one that is down stops the writing until it is back (workers wait, Kafka keeps the
-- events). Leave it out to be confirmed by one; what a dead disk took is then restored from Kafka.
CREATE SETTINGS PROFILE IF NOT EXISTS jejak_quorum SETTINGS insert_quorum = 'auto' TO jejak_writer;

-- Tables that are joined are those of the same shard, where all of a workspace is; and only that shard is asked where a
-- condition on workspace_id names it.
CREATE SETTINGS PROFILE IF NOT EXISTS jejak_sharded SETTINGS
    distributed_product_mode = 'local',
    optimize_skip_unused_shards = 1
TO jejak_reader, jejak_analyst;
