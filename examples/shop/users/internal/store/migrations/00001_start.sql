-- +goose Up
CREATE TABLE people (
  id            TEXT PRIMARY KEY,
  email         TEXT NOT NULL,
  email_key     TEXT NOT NULL UNIQUE, -- lower case: one person for one mailbox
  name          TEXT NOT NULL,
  password      TEXT NOT NULL,        -- argon2id in PHC form
  registered_at BIGINT NOT NULL       -- milliseconds since 1970
);
CREATE TABLE sessions (
  id         TEXT PRIMARY KEY,
  person_id  TEXT NOT NULL REFERENCES people (id),
  started_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE TABLE refresh_tokens (
  hash       TEXT PRIMARY KEY,        -- SHA-256 of the token
  session_id TEXT NOT NULL REFERENCES sessions (id),
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE TABLE signing_keys (
  kid        TEXT PRIMARY KEY,
  private    TEXT NOT NULL,           -- PKCS #8, PEM
  created_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE signing_keys;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE people;
