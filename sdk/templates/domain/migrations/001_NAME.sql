-- Notes of an owner: an enterprise, or a person on their own. Numbered files run once, in order;
-- one that was released is never changed. Names of tables begin with the plugin's prefix.
CREATE TABLE @ident@_note (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  author VARCHAR(64) NOT NULL,
  text TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX @ident@_note_owner ON @ident@_note (owner, id);
