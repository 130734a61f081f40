-- +goose Up
CREATE TABLE checkouts (
  id          TEXT PRIMARY KEY,
  payer       TEXT NOT NULL,
  idem_key    TEXT NOT NULL,
  request     TEXT NOT NULL,   -- SHA-256 of what was asked
  state       TEXT NOT NULL,
  record      TEXT NOT NULL,   -- the rest of what is known, in JSON
  lease       TEXT NOT NULL,   -- who works on it
  lease_until BIGINT NOT NULL, -- milliseconds since 1970, as all times
  due         BIGINT NOT NULL, -- when the recovery looks at it; 0 when it is finished
  paid_at     BIGINT NOT NULL, -- 0 when it is not paid
  UNIQUE (payer, idem_key)
);
CREATE INDEX checkouts_due ON checkouts (due);
CREATE INDEX checkouts_receipts ON checkouts (payer, paid_at, id);
CREATE TABLE simulated_charges (
  charge_key TEXT PRIMARY KEY,
  state      TEXT NOT NULL,
  amount     BIGINT NOT NULL,
  currency   TEXT NOT NULL
);

-- +goose Down
DROP TABLE simulated_charges;
DROP TABLE checkouts;
