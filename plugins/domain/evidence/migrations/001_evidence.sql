-- Certificates with which bundles and reports are signed; of the installation.
CREATE TABLE evidence_credential (
  id VARCHAR(64) PRIMARY KEY,
  not_after BIGINT NOT NULL,
  credential TEXT NOT NULL
);

-- What the commitments of this plugin's own events stand for.
CREATE TABLE evidence_trace (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  contract VARCHAR(64) NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  salt VARCHAR(64) NOT NULL
);
CREATE INDEX evidence_trace_contract ON evidence_trace (owner, contract);

-- The signature report of a contract: made once, never changed.
CREATE TABLE evidence_report (
  contract VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  base VARCHAR(80) NOT NULL,
  segment VARCHAR(80) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  made BIGINT NOT NULL
);
