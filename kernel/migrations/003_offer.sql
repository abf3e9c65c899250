-- The enterprises that may bind an installed package; owner '': all. No row: none may.
CREATE TABLE kernel_offer (
  plugin VARCHAR(128) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  PRIMARY KEY (plugin, owner)
);
