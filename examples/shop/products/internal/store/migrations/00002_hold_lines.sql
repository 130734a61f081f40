-- +goose Up
-- When a line holds its stock no longer: what is held of a product is then found without its past. 0 once it is confirmed
-- or released.
ALTER TABLE reservation_lines ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
UPDATE reservation_lines SET held_until = (SELECT expires_at FROM reservations r WHERE r.id = reservation_id AND r.state = 'held')
WHERE reservation_id IN (SELECT id FROM reservations WHERE state = 'held');
CREATE INDEX reservation_lines_held ON reservation_lines (product_id, held_until);
DROP INDEX reservation_lines_product;

-- +goose Down
CREATE INDEX reservation_lines_product ON reservation_lines (product_id);
DROP INDEX reservation_lines_held;
ALTER TABLE reservation_lines DROP COLUMN held_until;
