"""Apache Kafka on this machine: fetched from Maven Central, started as one broker or three, without Docker.

The embedded broker keeps everything in memory and takes shortcuts. What has to be seen on the real one (brokers that
die and come back with their data, replication, retention, ACLs) is seen on this. It needs a JDK 17 or newer, and
Maven for the first time.
"""
