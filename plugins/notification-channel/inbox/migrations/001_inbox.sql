-- Messages to a person; `owner` is that person, whomever they acted for.
CREATE TABLE inbox_message (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  enterprise VARCHAR(64) NOT NULL,
  kind VARCHAR(64) NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  link TEXT NOT NULL,
  contract VARCHAR(64) NOT NULL,
  data TEXT NOT NULL,
  at BIGINT NOT NULL,
  read_at BIGINT,
  -- Real clock; 0: stays. A one-time code goes when it is of no more use.
  expires BIGINT NOT NULL
);
CREATE INDEX inbox_message_owner ON inbox_message (owner, id);
CREATE INDEX inbox_message_expires ON inbox_message (expires);
