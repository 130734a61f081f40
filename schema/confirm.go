package schema

// Confirm asks the independent judges whether v shows that a is no subset of b: a sender with schema a may send it, and
// a receiver with schema b refuses it. The error says which of the two does not hold, or why it can't be said.
func Confirm(a, b *Schema, v any, o SubsetOptions) error { return o.comparison().confirm(a, b, v) }

// Refuses tells whether a receiver with schema b surely refuses v, as the judge sees it.
func Refuses(b *Schema, v any, o SubsetOptions) bool {
	ok, err := o.comparison().receiver.Valid(b, v)
	return !ok && err == nil
}
