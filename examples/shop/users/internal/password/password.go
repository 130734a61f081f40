// Package password hashes passwords with argon2id (RFC 9106) and checks them. At most as many hashes as the machine has
// processors run at a time, since each takes 19 MiB; a few wait, and the others are sent away, so that a flood of them
// leaves room for requests that need none.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// The parameters of new hashes: OWASP's first choice for argon2id.
const (
	memory  = 19 * 1024 // KiB
	passes  = 2
	threads = 1
	size    = 32
)

// Hasher hashes and checks passwords. Use New.
type Hasher struct {
	slots   chan struct{}
	waiting atomic.Int64
	dummy   string
}

// ErrBusy is the error of a hash for which too many others wait.
var ErrBusy = errors.New("too many passwords are being hashed")

// queue is how many wait for each that is being hashed: about half a second.
const queue = 16

// New returns a Hasher.
func New() *Hasher {
	h := &Hasher{slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.dummy = encode("nobody's password", make([]byte, 16))
	return h
}

func (h *Hasher) acquire(ctx context.Context) error {
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > int64(queue*cap(h.slots)) {
		return ErrBusy
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Hash returns the hash of a password in PHC form, with a fresh salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.slots }()
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	return encode(password, salt), nil
}

func encode(password string, salt []byte) string {
	key := argon2.IDKey([]byte(password), salt, passes, memory, threads, size)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, threads,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

// Check tells whether a password belongs to a hash. An empty hash, for somebody who does not exist, costs the same time
// and never matches.
func (h *Hasher) Check(ctx context.Context, password, hash string) (bool, error) {
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.slots }()
	exists := hash != ""
	if !exists {
		hash = h.dummy
	}
	p, err := decode(hash)
	if err != nil {
		return false, err
	}
	key := argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.threads, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(key, p.key) == 1 && exists, nil
}

type parameters struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

func decode(hash string) (parameters, error) {
	var p parameters
	var version int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return p, errors.New("the hash is not argon2id in PHC form")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, errors.New("the hash is of another version of argon2id")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return p, fmt.Errorf("parameters of the hash: %w", err)
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, fmt.Errorf("salt of the hash: %w", err)
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.key) < 16 {
		return p, errors.New("the key of the hash is damaged")
	}
	return p, nil
}
