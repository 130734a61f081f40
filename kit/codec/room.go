package codec

// room hands out variables and parts of slices from larger allocations. What it has handed out is the caller's.
type room struct {
	strings []string
	ints    []int64
	floats  []float64
	bools   []bool
}

const roomSize = 16

// carve returns a slice of n elements without spare capacity.
func carve[T any](from *[]T, n int) []T {
	if n > roomSize/2 {
		return make([]T, n)
	}
	if len(*from) < n {
		*from = make([]T, roomSize)
	}
	part := (*from)[:n:n]
	*from = (*from)[n:]
	return part
}

// newPointer sets v to a new variable.
func newPointer[T any](r *room, v **T) {
	switch p := any(v).(type) {
	case **string:
		*p = &carve(&r.strings, 1)[0]
	case **int64:
		*p = &carve(&r.ints, 1)[0]
	case **float64:
		*p = &carve(&r.floats, 1)[0]
	case **bool:
		*p = &carve(&r.bools, 1)[0]
	default:
		*v = new(T)
	}
}
