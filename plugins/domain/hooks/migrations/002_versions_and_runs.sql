ALTER TABLE hook_script ADD COLUMN comment VARCHAR(400) NOT NULL DEFAULT '';
-- JSON: cases that a version must decide as they say.
ALTER TABLE hook_script ADD COLUMN fixtures TEXT;

-- Which version was activated when; append-only. hash empty: none was active from then on.
CREATE TABLE hook_activation (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL,
  previous VARCHAR(64) NOT NULL,
  actor VARCHAR(64) NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX hook_activation_owner ON hook_activation (owner, id);

-- The version that runs beside the active one and decides nothing. points: JSON; empty: all.
CREATE TABLE hook_shadow (
  owner VARCHAR(64) PRIMARY KEY,
  hash VARCHAR(64) NOT NULL,
  points TEXT NOT NULL,
  since BIGINT NOT NULL
);

-- Limits and recording, as JSON.
CREATE TABLE hook_setting (
  owner VARCHAR(64) PRIMARY KEY,
  settings TEXT NOT NULL
);

-- One run. input and decision: JSON; the input only where the enterprise has it recorded.
CREATE TABLE hook_run (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  at BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  point VARCHAR(128) NOT NULL,
  script VARCHAR(64) NOT NULL,
  outcome VARCHAR(16) NOT NULL,
  code VARCHAR(64) NOT NULL,
  failure VARCHAR(32) NOT NULL,
  message TEXT NOT NULL,
  line INTEGER NOT NULL,
  instructions BIGINT NOT NULL,
  steps BIGINT NOT NULL,
  memory BIGINT NOT NULL,
  cpu_us BIGINT NOT NULL,
  trace VARCHAR(128) NOT NULL,
  decision TEXT NOT NULL,
  input TEXT NOT NULL,
  shadow VARCHAR(64) NOT NULL,
  difference TEXT NOT NULL
);
CREATE INDEX hook_run_owner ON hook_run (owner, id);
CREATE INDEX hook_run_expires ON hook_run (expires);

-- What ran at a point in some seconds on one node; added up when it is read.
CREATE TABLE hook_metric (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  point VARCHAR(128) NOT NULL,
  script VARCHAR(64) NOT NULL,
  at BIGINT NOT NULL,
  runs BIGINT NOT NULL,
  denials BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  cpu_us BIGINT NOT NULL,
  cpu_us_max BIGINT NOT NULL,
  unrecorded BIGINT NOT NULL,
  shadowed BIGINT NOT NULL,
  differences BIGINT NOT NULL
);
CREATE INDEX hook_metric_owner ON hook_metric (owner, at);
