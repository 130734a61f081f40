package auth

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"strings"
	"sync/atomic"
	"time"
)

// credential is what a cache knows a credential by.
type credential interface {
	comparable
	place() uint64 // spreads credentials over the cache
}

// digest names a secret that outlives its verdict, such as a password, without keeping it.
type digest [sha256.Size]byte

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

func (d digest) place() uint64 { return binary.LittleEndian.Uint64(d[:8]) }

// signed names a token that carries its own end by its text: a digest would cost more than everything else about a hit.
// Texts are compared when their hashes, which nobody outside can foresee, are equal, so that the time of a miss tells
// nothing of what is kept.
type signed struct {
	hash uint64
	text string
}

// seed is this process's own.
var seed = maphash.MakeSeed()

func signedBy(token string) signed { return signed{maphash.String(seed, token), token} }

func (s signed) place() uint64 { return s.hash }

// kept is a copy of the name that holds on to nothing of the request.
func (s signed) kept() signed { return signed{s.hash, strings.Clone(s.text)} }

// remembered is one verified credential. It never changes once it is stored.
type remembered[C credential] struct {
	credential C
	expires    int64 // Unix nanoseconds
	generation uint64
	principal  *Principal // nil: the credential was refused
}

const ways = 4

// cache remembers verified credentials. It is a set-associative table of atomic pointers: bounded, without locks, and a
// hit does not allocate. Entries of another generation are misses, so that a change of keys empties it. A nil cache
// remembers nothing.
type cache[C credential] struct {
	sets []([ways]atomic.Pointer[remembered[C]])
}

// newCache returns a cache for about size credentials.
func newCache[C credential](size int) *cache[C] {
	if size <= 0 {
		return nil
	}
	return &cache[C]{sets: make([][ways]atomic.Pointer[remembered[C]], (size+ways-1)/ways)}
}

func (c *cache[C]) set(name C) *[ways]atomic.Pointer[remembered[C]] {
	return &c.sets[name.place()%uint64(len(c.sets))]
}

// find returns what is remembered of a credential, or nil.
func (c *cache[C]) find(name C, generation uint64, now time.Time) *remembered[C] {
	if c == nil {
		return nil
	}
	set := c.set(name)
	for i := range set {
		e := set[i].Load()
		if e != nil && e.credential == name && e.generation == generation && now.UnixNano() < e.expires {
			return e
		}
	}
	return nil
}

// remember stores a verdict until the given time and at most 5 minutes, in the place of the entry of its set that ends
// first.
func (c *cache[C]) remember(name C, generation uint64, p *Principal, now, until time.Time) {
	if latest := now.Add(maxRemembered); until.After(latest) {
		until = latest
	}
	if c == nil || !until.After(now) {
		return
	}
	set := c.set(name)
	victim, ends := 0, int64(1<<63-1)
	for i := range set {
		e := set[i].Load()
		if e == nil || e.credential == name || e.generation != generation {
			victim = i
			break
		}
		if e.expires < ends {
			victim, ends = i, e.expires
		}
	}
	set[victim].Store(&remembered[C]{credential: name, expires: until.UnixNano(), generation: generation, principal: p})
}
