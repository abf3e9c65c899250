-- Where an enterprise wants to be told what happens. `owner`: the enterprise.
CREATE TABLE webhook_endpoint (
  owner VARCHAR(64) NOT NULL,
  name VARCHAR(64) NOT NULL,
  id VARCHAR(64) NOT NULL UNIQUE,
  url TEXT NOT NULL,
  secret VARCHAR(191) NOT NULL,
  events TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  created BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (owner, name)
);

-- What is to be sent and what became of it. Messages of one lane (an endpoint and what they are
-- about) go out in the order of `position`; the next one waits until the one before it arrived or
-- was given up.
CREATE TABLE webhook_message (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  endpoint VARCHAR(64) NOT NULL,
  lane VARCHAR(191) NOT NULL,
  position BIGINT NOT NULL,
  type VARCHAR(128) NOT NULL,
  payload TEXT NOT NULL,
  state VARCHAR(16) NOT NULL,
  attempts INTEGER NOT NULL,
  status INTEGER NOT NULL,
  detail TEXT NOT NULL,
  next_at BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX webhook_message_lane ON webhook_message (lane, state, position);
CREATE INDEX webhook_message_endpoint ON webhook_message (endpoint, at);
