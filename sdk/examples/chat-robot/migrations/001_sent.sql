-- Messages that the robot took: a robot knows no idempotency keys, so the channel remembers.
CREATE TABLE chatrobot_sent (
  owner VARCHAR(64) NOT NULL,
  id VARCHAR(64) NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE INDEX chatrobot_sent_at ON chatrobot_sent (at);
