-- +goose Up
CREATE TABLE products (
  id          TEXT PRIMARY KEY,
  sku         TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  words       TEXT NOT NULL,  -- name and description in lower case, for the search
  tags        TEXT NOT NULL,  -- ",a,b,"
  amount      BIGINT NOT NULL,
  currency    TEXT NOT NULL,
  stock       BIGINT NOT NULL CHECK (stock >= 0)
);
CREATE INDEX products_name ON products (name, id);
CREATE TABLE reservations (
  id         TEXT PRIMARY KEY,
  owner      TEXT NOT NULL,
  idem_key   TEXT NOT NULL,
  request    TEXT NOT NULL,   -- SHA-256 of what was asked
  state      TEXT NOT NULL,   -- held, confirmed or released; held ones expire by themselves
  expires_at BIGINT NOT NULL, -- milliseconds since 1970
  UNIQUE (owner, idem_key)
);
CREATE TABLE reservation_lines (
  reservation_id TEXT NOT NULL REFERENCES reservations (id),
  position       INTEGER NOT NULL,
  product_id     TEXT NOT NULL REFERENCES products (id),
  name           TEXT NOT NULL,
  quantity       BIGINT NOT NULL,
  amount         BIGINT NOT NULL,
  currency       TEXT NOT NULL,
  PRIMARY KEY (reservation_id, position)
);
CREATE INDEX reservation_lines_product ON reservation_lines (product_id);

-- +goose Down
DROP TABLE reservation_lines;
DROP TABLE reservations;
DROP TABLE products;
