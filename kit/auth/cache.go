package auth

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"
)

// digest names a credential without keeping it.
type digest = [32]byte

// remembered is one verified credential. It never changes once it is stored.
type remembered struct {
	sum        digest
	expires    int64 // Unix nanoseconds
	generation uint64
	principal  *Principal // nil: the credential was refused
}

const ways = 4

// cache remembers verified credentials by their SHA-256. It is a set-associative table of atomic pointers: bounded, without
// locks, and a hit does not allocate. Entries of another generation are misses, so that a change of keys empties it.
// A nil cache remembers nothing.
type cache struct {
	sets    []([ways]atomic.Pointer[remembered])
	buffers sync.Pool // of *[]byte, to hash strings without allocating
}

// newCache returns a cache for about size credentials.
func newCache(size int) *cache {
	if size <= 0 {
		return nil
	}
	return &cache{sets: make([][ways]atomic.Pointer[remembered], (size+ways-1)/ways)}
}

// digest returns the SHA-256 of a credential.
func (c *cache) digest(credential string) digest {
	if c == nil {
		return sha256.Sum256([]byte(credential))
	}
	b, ok := c.buffers.Get().(*[]byte)
	if !ok {
		b = new([]byte)
	}
	*b = append((*b)[:0], credential...)
	sum := sha256.Sum256(*b)
	clear(*b)
	c.buffers.Put(b)
	return sum
}

func (c *cache) set(sum *digest) *[ways]atomic.Pointer[remembered] {
	return &c.sets[binary.LittleEndian.Uint64(sum[:8])%uint64(len(c.sets))]
}

// find returns what is remembered of a credential, or nil.
func (c *cache) find(sum *digest, generation uint64, now time.Time) *remembered {
	if c == nil {
		return nil
	}
	set := c.set(sum)
	for i := range set {
		e := set[i].Load()
		if e != nil && e.sum == *sum && e.generation == generation && now.UnixNano() < e.expires {
			return e
		}
	}
	return nil
}

// remember stores a verdict until the given time and at most 5 minutes, in the place of the entry of its set that ends first.
func (c *cache) remember(sum *digest, generation uint64, p *Principal, now, until time.Time) {
	if latest := now.Add(maxRemembered); until.After(latest) {
		until = latest
	}
	if c == nil || !until.After(now) {
		return
	}
	set := c.set(sum)
	victim, ends := 0, int64(1<<63-1)
	for i := range set {
		e := set[i].Load()
		if e == nil || e.sum == *sum || e.generation != generation {
			victim = i
			break
		}
		if e.expires < ends {
			victim, ends = i, e.expires
		}
	}
	set[victim].Store(&remembered{sum: *sum, expires: until.UnixNano(), generation: generation, principal: p})
}
