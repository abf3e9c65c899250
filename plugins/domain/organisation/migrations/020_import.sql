-- Imports of employees from spreadsheets. What is still to be added, and what was wrong, lies in
-- parts of bounded size; a part of employees is deleted in the commit that adds them.
CREATE TABLE organisation_import (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  -- The enterprise while it runs, its own id afterwards: one at a time for each enterprise.
  slot VARCHAR(64) NOT NULL UNIQUE,
  state VARCHAR(16) NOT NULL,
  person VARCHAR(64) NOT NULL,
  sheet VARCHAR(255) NOT NULL,
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  added BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  created BIGINT NOT NULL,
  ended BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX organisation_import_owner ON organisation_import (owner, created);

CREATE TABLE organisation_import_part (
  import_id VARCHAR(64) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  number BIGINT NOT NULL,
  content LONGTEXT NOT NULL,
  PRIMARY KEY (import_id, kind, number)
);
