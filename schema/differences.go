package schema

import "errors"

var (
	errNotSent  = errors.New("the sender's schema does not accept it")
	errAccepted = errors.New("the receiver's schema accepts it")
)

// Difference is one root cause.
type Difference struct{}
