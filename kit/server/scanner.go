package server

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/msgen/msgen/kit/problem"
)

// fault is what is wrong with the head of a request that net/http would accept.
type fault struct {
	request int // number on its connection, from 1
	problem *problem.Problem
}

// scanner follows the requests on a connection: heads line by line, bodies by their length. It sees what net/http
// resolves before a handler could object: a Content-Length beside a Transfer-Encoding, folded fields, and the number of
// fields. It judges nothing else; once anything is out of order it looks no further, because net/http then ends the
// connection, and refuses a request that comes nevertheless.
type scanner struct {
	maxFields int

	state   scanState
	request int   // number of the request whose head is being read, or was read last
	left    int64 // bytes of the body or chunk, with what ends it
	fields  int
	length  int64 // Content-Length, or one of absent and unclear
	chunked bool  // there is a Transfer-Encoding
	old     bool  // HTTP/1.0

	partial  [64]byte // start of a line whose end is still to come
	nPartial int
	end      [len(oldVersion) + 1]byte // of a request line that is longer than that
	long     bool                      // the line began in an earlier read
	cut      bool                      // a part of it was not kept
}

// oldVersion ends the request lines of HTTP/1.0.
const oldVersion = " HTTP/1.0"

type scanState uint8

const (
	atRequestLine scanState = iota
	atField
	inBody
	atChunk
	inChunk
	atTrailer
	lost // no longer looking
)

// Lengths that are none.
const (
	absent  = -1
	unclear = -2
)

// inRequestLine reports whether a request line was begun and not ended.
func (s *scanner) inRequestLine() bool { return s.state == atRequestLine && s.long }

// scan takes the bytes of one read and returns the fault that they reveal, or nil.
func (s *scanner) scan(p []byte) *fault {
	for len(p) > 0 && s.state != lost {
		if s.state == inBody || s.state == inChunk {
			n := min(int64(len(p)), s.left)
			p, s.left = p[n:], s.left-n
			switch {
			case s.left > 0:
			case s.state == inBody:
				s.state = atRequestLine
			default:
				s.state = atChunk
			}
			continue
		}
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			s.keep(p)
			s.long = true
			return nil
		}
		line := p[:i]
		if s.long {
			s.keep(line)
			line = s.partial[:s.nPartial]
		}
		f := s.line(bytes.TrimSuffix(line, []byte{'\r'}))
		s.long, s.cut, s.nPartial, p = false, false, 0, p[i+1:]
		if f == nil && s.state == lost {
			f = &fault{s.request + 1, problem.New(http.StatusBadRequest, "the request before was malformed; write it as RFC 9112 has it")}
		}
		if f != nil {
			s.state = lost
			return f
		}
	}
	return nil
}

// keep keeps the start of a line that comes in parts, and how it ends.
func (s *scanner) keep(part []byte) {
	n := copy(s.partial[s.nPartial:], part)
	s.nPartial += n
	s.cut = s.cut || n < len(part)
	if s.state != atRequestLine {
		return
	}
	if len(part) < len(s.end) {
		copy(s.end[:], s.end[len(part):])
	}
	copy(s.end[max(0, len(s.end)-len(part)):], part[max(0, len(part)-len(s.end)):])
}

// ends is the end of the line, when it is a request line.
func (s *scanner) ends(line []byte) []byte {
	if s.cut {
		return bytes.TrimSuffix(s.end[:], []byte{'\r'})
	}
	return line
}

// line takes a line, or its first bytes when it is long and came in parts.
func (s *scanner) line(line []byte) *fault {
	switch s.state {
	case atRequestLine:
		if len(bytes.TrimLeft(line, "\r")) == 0 {
			return nil // net/http skips line ends behind a POST
		}
		s.request++
		s.fields, s.length, s.chunked = 0, absent, false
		s.old = bytes.HasSuffix(s.ends(line), []byte(oldVersion))
		s.state = atField
	case atField:
		if len(line) == 0 {
			return s.endOfHead()
		}
		return s.field(line)
	case atChunk:
		size, _, _ := bytes.Cut(line, []byte{';'})
		n, err := strconv.ParseInt(string(bytes.TrimSpace(size)), 16, 62)
		switch {
		case err != nil || n < 0:
			s.state = lost
		case n == 0:
			s.state = atTrailer
		default:
			s.left, s.state = n+2, inChunk
		}
	case atTrailer:
		if len(line) == 0 {
			s.state = atRequestLine
		}
	}
	return nil
}

// field takes a header field of which the name, and a Content-Length whole, is there.
func (s *scanner) field(line []byte) *fault {
	if line[0] == ' ' || line[0] == '\t' {
		return &fault{s.request, problem.New(http.StatusBadRequest, "a header field is folded; write it in one line")}
	}
	s.fields++
	if s.fields > s.maxFields {
		return &fault{s.request, problem.New(http.StatusRequestHeaderFieldsTooLarge,
			"the request has more than "+strconv.Itoa(s.maxFields)+" header fields; send fewer")}
	}
	switch {
	case named(line, "content-length"):
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line[len("content-length:"):])), 10, 62)
		if err != nil || n < 0 || s.cut {
			n = unclear
		}
		s.length = n
	case named(line, "transfer-encoding"):
		s.chunked = true
	}
	return nil
}

// named reports whether a field has the name, which is in lower case.
func named(line []byte, name string) bool {
	return len(line) > len(name) && line[len(name)] == ':' && line[0]|0x20 == name[0] &&
		bytes.EqualFold(line[:len(name)], []byte(name))
}

// endOfHead decides what follows. A request with two lengths is refused: one of the servers that it passes through may
// take the other length, and then sees another request in its body (RFC 9112, 6.1).
func (s *scanner) endOfHead() *fault {
	switch {
	case s.chunked && s.length != absent:
		return &fault{s.request, problem.New(http.StatusBadRequest,
			"the request has both a Content-Length and a Transfer-Encoding; send one of them")}
	case s.chunked && s.old:
		return &fault{s.request, problem.New(http.StatusBadRequest, "HTTP/1.0 has no Transfer-Encoding; send a Content-Length")}
	case s.chunked:
		s.state = atChunk
	case s.length == unclear:
		return &fault{s.request, problem.New(http.StatusBadRequest, "the Content-Length is no number; send the bytes of the body")}
	case s.length > 0:
		s.left, s.state = s.length, inBody
	default:
		s.state = atRequestLine
	}
	return nil
}
