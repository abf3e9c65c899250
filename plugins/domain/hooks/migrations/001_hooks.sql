-- Versions of an enterprise's script, by content hash; append-only.
CREATE TABLE hook_script (
  owner VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL,
  source TEXT NOT NULL,
  author VARCHAR(64) NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (owner, hash)
);

-- The version that decides; absent: none does.
CREATE TABLE hook_active (
  owner VARCHAR(64) PRIMARY KEY,
  hash VARCHAR(64) NOT NULL
);
