-- +goose Up
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id); -- for those of a person that have expired

-- +goose Down
DROP INDEX refresh_tokens_session;
