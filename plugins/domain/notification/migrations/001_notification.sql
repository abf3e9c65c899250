-- What is to be told to whom. `owner`: whose channels carry it, the enterprise or the person.
-- The text of an "auth.*" message is blanked as soon as no channel is waiting to carry it.
CREATE TABLE notification_outbox (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  kind VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  mobile VARCHAR(32) NOT NULL,
  enterprise VARCHAR(64) NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  link TEXT NOT NULL,
  contract VARCHAR(64) NOT NULL,
  data TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX notification_outbox_age ON notification_outbox (at);

-- What became of a message on a channel; a channel that a message is not for has no row.
CREATE TABLE notification_delivery (
  message VARCHAR(64) NOT NULL,
  channel VARCHAR(64) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  kind VARCHAR(64) NOT NULL,
  state VARCHAR(16) NOT NULL,
  attempts INTEGER NOT NULL,
  detail TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (message, channel)
);
CREATE INDEX notification_delivery_state ON notification_delivery (state, at);
