-- The log itself: one row. `size`: entries so far; the row that two writers meet at.
CREATE TABLE tlog_log (
  id INTEGER PRIMARY KEY,
  origin VARCHAR(128) NOT NULL,
  key_store VARCHAR(64) NOT NULL,
  key_id VARCHAR(64) NOT NULL,
  size BIGINT NOT NULL
);

-- Entries in their order, from 0; never changed. entry: hash of the event, hex.
CREATE TABLE tlog_entry (
  position BIGINT PRIMARY KEY,
  event VARCHAR(64) NOT NULL UNIQUE,
  entry VARCHAR(64) NOT NULL
);

-- Roots of complete subtrees of 256^level entries, level from 1; never changed.
CREATE TABLE tlog_node (
  level INTEGER NOT NULL,
  position BIGINT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  PRIMARY KEY (level, position)
);
