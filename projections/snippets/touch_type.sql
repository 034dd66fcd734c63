-- What is kept of an ad touch. `source` is for reading.
Tuple(version UInt256, source String, platform String, id String, medium String, campaign String, content String)
