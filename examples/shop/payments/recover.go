package payments

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/payments/internal/store"
)

// recover takes unfinished checkouts to their end until ctx ends: those of a process that was killed, and those for which
// another service did not answer.
func (s *Service) recover(ctx context.Context) {
	ticker := time.NewTicker(s.config.RecoverEvery)
	defer ticker.Stop()
	for {
		if err := s.recoverDue(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("recovery", "error", err.Error())
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// recoverDue looks once at every checkout that it is time for.
func (s *Service) recoverDue(ctx context.Context) error {
	const most = 100
	ids, err := s.store.Due(ctx, s.now(), most)
	if err != nil {
		return err
	}
	var faults []error
	for _, id := range ids {
		faults = append(faults, s.recoverOne(ctx, id))
	}
	return errors.Join(faults...)
}

func (s *Service) recoverOne(ctx context.Context, id uuid.UUID) error {
	c, leased, err := s.store.Lease(ctx, id, s.now(), s.now().Add(s.config.Lease))
	if err != nil || !leased {
		return err
	}
	from := c.State
	err = s.advance(ctx, &c, recovery)
	s.log.Info("recovered", "checkout", c.ID, "from", from, "to", c.State)
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	return err
}
