-- A program's key: what it may do, in whose name, from where. The secrets are sealed (AES-256-GCM)
-- under a key that lies beside the database, not in it.
CREATE TABLE apikey_key (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  name VARCHAR(191) NOT NULL,
  permissions TEXT NOT NULL,
  addresses TEXT NOT NULL,
  secret VARCHAR(255) NOT NULL,
  earlier_secret VARCHAR(255) NOT NULL,
  earlier_until BIGINT NOT NULL,
  expires BIGINT,
  created BIGINT NOT NULL,
  revoked BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX apikey_key_owner ON apikey_key (owner, id);

-- Access tokens of OAuth 2.0, by their digest.
CREATE TABLE apikey_token (
  token_sha256 VARCHAR(64) PRIMARY KEY,
  api_key VARCHAR(64) NOT NULL,
  permissions TEXT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX apikey_token_key ON apikey_token (api_key, expires);

-- Signatures of requests that changed something, for as long as they would be good.
CREATE TABLE apikey_used (
  signature_sha256 VARCHAR(64) PRIMARY KEY,
  api_key VARCHAR(64) NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX apikey_used_key ON apikey_used (api_key, expires);
