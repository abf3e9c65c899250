-- The kernel's own tables. SQL of the subset that SQLite and MariaDB share; times are Unix
-- milliseconds, texts are UTF-8, JSON is kept as text.

-- Everything that happened, in commit order; chained by hash within each aggregate.
CREATE TABLE kernel_event (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id VARCHAR(64) NOT NULL UNIQUE,
  type VARCHAR(128) NOT NULL,
  aggregate VARCHAR(64) NOT NULL,
  chain_index BIGINT NOT NULL,
  owner VARCHAR(64) NOT NULL,
  actor VARCHAR(64) NOT NULL,
  at BIGINT NOT NULL,
  stored TEXT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  UNIQUE (aggregate, chain_index)
);

-- The newest link of each chain: the row that two writers of one aggregate meet at.
CREATE TABLE kernel_chain (
  aggregate VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  chain_index BIGINT NOT NULL,
  hash VARCHAR(64) NOT NULL
);

-- How far each subscriber got ('subscriber:<id>'); its effects commit together with this row.
CREATE TABLE kernel_cursor (
  name VARCHAR(191) PRIMARY KEY,
  sequence BIGINT NOT NULL
);
-- Events that a subscriber could not take in when their turn came, and those of the same aggregate
-- that wait behind them. state: waiting, dead.
CREATE TABLE kernel_delivery (
  subscriber VARCHAR(128) NOT NULL,
  sequence BIGINT NOT NULL,
  aggregate VARCHAR(64) NOT NULL,
  state VARCHAR(16) NOT NULL,
  attempts INTEGER NOT NULL,
  next_at BIGINT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (subscriber, sequence)
);

-- Open jobs; a job's end takes its row away. state: waiting, running, dead. revision rises when a
-- draft with the same key moves the job, so that a run that began before cannot end it.
CREATE TABLE kernel_job (
  id VARCHAR(64) PRIMARY KEY,
  plugin VARCHAR(128) NOT NULL,
  kind VARCHAR(128) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  job_key VARCHAR(191),
  revision BIGINT NOT NULL,
  run_at BIGINT NOT NULL,
  state VARCHAR(16) NOT NULL,
  attempts INTEGER NOT NULL,
  lease_owner VARCHAR(64) NOT NULL,
  lease_until BIGINT NOT NULL,
  detail TEXT NOT NULL,
  data TEXT NOT NULL,
  UNIQUE (plugin, kind, job_key)
);
CREATE INDEX kernel_job_due ON kernel_job (state, run_at);
CREATE INDEX kernel_job_lease ON kernel_job (state, lease_until);

-- Who may reach an object, as what. The only way across tenants.
CREATE TABLE kernel_grant (
  object VARCHAR(64) NOT NULL,
  grantee VARCHAR(64) NOT NULL,
  role VARCHAR(32) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  PRIMARY KEY (object, grantee, role)
);
CREATE INDEX kernel_grant_grantee ON kernel_grant (grantee, object);

CREATE TABLE kernel_session (
  token_sha256 VARCHAR(64) PRIMARY KEY,
  person VARCHAR(64) NOT NULL,
  acting_for VARCHAR(64) NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX kernel_session_person ON kernel_session (person);
CREATE INDEX kernel_session_expiry ON kernel_session (expires);

CREATE TABLE kernel_idempotency (
  scope VARCHAR(191) NOT NULL,
  idempotency_key VARCHAR(128) NOT NULL,
  fingerprint VARCHAR(64) NOT NULL,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (scope, idempotency_key)
);
CREATE INDEX kernel_idempotency_expiry ON kernel_idempotency (at);

CREATE TABLE kernel_audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at BIGINT NOT NULL,
  action VARCHAR(128) NOT NULL,
  person VARCHAR(64) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  object VARCHAR(64) NOT NULL,
  address VARCHAR(64) NOT NULL,
  trace VARCHAR(64) NOT NULL,
  status INTEGER NOT NULL
);

-- Installation-wide switch of a plugin; absent: enabled.
CREATE TABLE kernel_plugin (
  plugin VARCHAR(128) PRIMARY KEY,
  enabled INTEGER NOT NULL,
  config TEXT NOT NULL
);

-- An enterprise's own choice for one implementation; absent: as the installation has it.
CREATE TABLE kernel_binding (
  owner VARCHAR(64) NOT NULL,
  interface VARCHAR(128) NOT NULL,
  name VARCHAR(64) NOT NULL,
  enabled INTEGER NOT NULL,
  position INTEGER NOT NULL,
  config TEXT NOT NULL,
  PRIMARY KEY (owner, interface, name)
);
-- Rises with every change of an owner's settings; owner '' for the installation.
CREATE TABLE kernel_epoch (
  owner VARCHAR(64) PRIMARY KEY,
  epoch BIGINT NOT NULL
);

-- Blobs that rows refer to; a blob that is not here is swept.
CREATE TABLE kernel_blob (
  id VARCHAR(80) PRIMARY KEY,
  at BIGINT NOT NULL
);
