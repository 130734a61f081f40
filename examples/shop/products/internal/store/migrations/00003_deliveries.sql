-- +goose Up
CREATE TABLE deliveries ( -- those that were named
  owner    TEXT NOT NULL,
  idem_key TEXT NOT NULL,
  request  TEXT NOT NULL, -- the product and how much of it
  PRIMARY KEY (owner, idem_key)
);

-- +goose Down
DROP TABLE deliveries;
