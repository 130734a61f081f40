package codec

// rooms hand out variables and parts of slices from larger allocations. What they have handed out is the caller's.
type rooms struct {
	strings room[string]
	ints    room[int64]
	floats  room[float64]
	bools   room[bool]
}

// room is one larger allocation; each is twice as large as the one before.
type room[T any] struct {
	chunk []T
	used  int
}

// The bounds of an allocation's elements.
const (
	leastRoom = 8
	mostRoom  = 64
)

// carve returns a slice of n elements without spare capacity.
func (r *room[T]) carve(n int) []T {
	if n > leastRoom {
		return make([]T, n)
	}
	if len(r.chunk)-r.used < n {
		r.chunk, r.used = make([]T, min(max(2*len(r.chunk), leastRoom), mostRoom)), 0
	}
	r.used += n
	return r.chunk[r.used-n : r.used : r.used]
}

// newPointer sets v to a new variable.
func newPointer[T any](r *rooms, v **T) {
	switch p := any(v).(type) {
	case **string:
		*p = &r.strings.carve(1)[0]
	case **int64:
		*p = &r.ints.carve(1)[0]
	case **float64:
		*p = &r.floats.carve(1)[0]
	case **bool:
		*p = &r.bools.carve(1)[0]
	default:
		*v = new(T)
	}
}
