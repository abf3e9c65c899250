-- What several servers on one database need. Rows are written last: MariaDB commits at each
-- statement that changes a table, and what was written before would stay when the script is undone.

-- The order in which subscribers get events, given after the commit by the server that holds the
-- lease: with several writers `sequence` does not follow the order in which events become visible.
-- kernel_cursor and kernel_delivery count in positions.
ALTER TABLE kernel_event ADD COLUMN position BIGINT;
CREATE UNIQUE INDEX kernel_event_position ON kernel_event (position);

-- Work that one server does for all: which one, until when (real clock).
CREATE TABLE kernel_lease (
  name VARCHAR(64) PRIMARY KEY,
  node VARCHAR(128) NOT NULL,
  expires BIGINT NOT NULL
);

-- 0: rows refer to it. Above: since when it is known that none does (real clock). Below: it is
-- being removed since then, and nothing may refer to it.
ALTER TABLE kernel_blob ADD COLUMN orphan BIGINT NOT NULL DEFAULT 0;

UPDATE kernel_event SET position = sequence;
-- The highest position that is given.
INSERT INTO kernel_cursor (name, sequence)
  SELECT 'placed', COALESCE(MAX(sequence), 0) FROM kernel_event;
INSERT INTO kernel_lease (name, node, expires) VALUES ('outbox', '', 0);
