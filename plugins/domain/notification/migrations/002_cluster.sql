-- Rises whenever a channel of a secret message has ended: the row that two servers meet at.
ALTER TABLE notification_outbox ADD COLUMN ended BIGINT NOT NULL DEFAULT 0;
