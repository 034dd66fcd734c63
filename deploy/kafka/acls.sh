#!/bin/bash
# The ACLs of Jejak's principals on Apache Kafka, and nothing else: four principals, each with what its process does.
#
#   KAFKA_ACLS="bin/kafka-acls.sh --bootstrap-server kafka:9092 --command-config admin.properties" deploy/kafka/acls.sh
#
# TOPIC_PREFIX and CONSUMER_GROUP are JEJAK_TOPIC_PREFIX and JEJAK_CONSUMER_GROUP. Set DRY_RUN=1 to print the commands.
set -euo pipefail

KAFKA_ACLS=${KAFKA_ACLS:-bin/kafka-acls.sh --bootstrap-server 127.0.0.1:9092}
TOPIC_PREFIX=${TOPIC_PREFIX:-journey.}
CONSUMER_GROUP=${CONSUMER_GROUP:-jejak}
WORKER=${WORKER:-User:jejak-worker}
ADMIN=${ADMIN:-User:jejak-admin}
PRODUCER=${PRODUCER:-User:jejak-producer}
COLLECT=${COLLECT:-User:jejak-collect}

allow() {
    # Unquoted on purpose: the command is several words.
    # shellcheck disable=SC2086
    ${DRY_RUN:+echo} $KAFKA_ACLS --add --allow-principal "$@"
}

# The worker reads the topics as a member of its group (which is also how it commits), and the dead letters, of which
# one worker counts those that wait …
allow "$WORKER" --operation Read --operation Describe --topic "$TOPIC_PREFIX" --resource-pattern-type prefixed
allow "$WORKER" --operation Read --operation Describe --group "$CONSUMER_GROUP"
# … and writes rejected records to the dead letters.
allow "$WORKER" --operation Write --operation Describe --topic "${TOPIC_PREFIX}dead-letters"

# `jejak topics` creates what is missing and compares the settings of what is there; `jejak status`, `jejak dead-letters`
# and `jejak rebuild --from kafka` read. `jejak dead-letters replay` puts records back into their topics, and it and
# `dismiss` mark the letters.
allow "$ADMIN" --operation Create --operation Describe --operation DescribeConfigs --operation Read --operation Write \
    --topic "$TOPIC_PREFIX" --resource-pattern-type prefixed
allow "$ADMIN" --operation Read --operation Describe --group "$CONSUMER_GROUP"
allow "$ADMIN" --operation Describe --cluster

# A service that appends, `jejak produce` and `jejak import --produce` among them. Dead letters are the worker's alone.
for topic in sessions messages pipelines labels touches contacts pipeline-statuses; do
    allow "$PRODUCER" --operation Write --operation Describe --topic "$TOPIC_PREFIX$topic"
done

# The front door (`jejak collect`) appends to every topic, and writes what it rejects to the dead letters.
for topic in sessions messages pipelines labels touches contacts pipeline-statuses dead-letters; do
    allow "$COLLECT" --operation Write --operation Describe --topic "$TOPIC_PREFIX$topic"
done
