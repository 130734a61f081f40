package problem

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
)

// Unavailable is the answer while something that the service needs does not work, such as its database or a service that
// it calls: 503, worth another try after a moment. The cause is for the log. From answers so by itself for errors of
// connections, for those of databases that name a class of SQLSTATE, and for those that have a method
// Unavailable() bool and return true; whoever knows more, such as the error codes of a driver, says so with this.
func Unavailable(cause error) *Problem {
	return New(http.StatusServiceUnavailable, "something that the service needs does not answer; send the same request again").
		Header("Retry-After", "2").Because(cause)
}

// unavailable tells whether err says that something else does not work now, rather than that the service is wrong.
func unavailable(err error) bool {
	var itself interface{ Unavailable() bool }
	if errors.As(err, &itself) {
		return itself.Unavailable()
	}
	var database interface{ SQLState() string }
	if errors.As(err, &database) {
		return passing(database.SQLState())
	}
	var connection *net.OpError
	var name *net.DNSError
	return errors.As(err, &connection) || errors.As(err, &name) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded)
}

// passing tells whether a SQLSTATE stands for a fault that passes without a change of the statement.
func passing(state string) bool {
	for _, class := range [...]string{
		"08",    // the connection
		"25006", // read only: a standby that is to become the primary
		"40",    // rolled back: a conflict or a deadlock with others
		"53",    // no room, memory or connections left
		"55P03", // a lock that others have
		"57",    // an operator or a crash ends it, or it starts
		"58",    // the system below
	} {
		if strings.HasPrefix(state, class) {
			return true
		}
	}
	return false
}

// SlowBody is the answer to a request whose body took too long to arrive: 408.
func SlowBody(cause error) *Problem {
	return New(http.StatusRequestTimeout, "the request took too long to arrive; send it faster").Because(cause)
}

// ShortBody is the answer to a request whose body ended before it should: 400.
func ShortBody(cause error) *Problem {
	return New(http.StatusBadRequest, "the request ended too early; send all of the declared body").Because(cause)
}
