// Package content reads the bodies of requests and writes those of responses: it negotiates media types, bounds sizes,
// has JSON validated on its bytes before it is decoded, and speaks MessagePack wherever an operation speaks JSON. Forms,
// multipart bodies (files are streamed, never buffered), text, binary streams and server-sent events are read and
// written here too. Faults of the client are problems: 400 for what can't be read, 413 for too much, 415 and 406 for
// media types, 422 for what breaks its schema. Schemas and Go types come with the generated code.
package content

import (
	"fmt"
	"log/slog"
)

// Mode says how responses are validated.
type Mode uint8

// The modes of response validation.
const (
	Enforce Mode = iota // every response; a wrong one becomes a 500 whose difference is in the log
	Sample              // one response in a hundred; a wrong one is logged and sent
	Off
)

// sampled is the number of responses of which [Sample] validates one.
const sampled = 100

// ParseMode returns the mode that the configuration names: enforce, sample or off.
func ParseMode(name string) (Mode, error) {
	for mode := Enforce; mode <= Off; mode++ {
		if name == mode.String() {
			return mode, nil
		}
	}
	return Off, fmt.Errorf("response validation %q is unknown; use enforce, sample or off", name)
}

// String returns the name of the mode.
func (m Mode) String() string {
	return [...]string{"enforce", "sample", "off"}[m]
}

// Options are what the operations of a service share. The zero value validates every response and logs to the default
// logger.
type Options struct {
	Responses Mode
	Log       *slog.Logger
	MaxBody   int64 // bytes of a body that is read before the handler runs; 1 MiB when zero
	MaxUpload int64 // bytes of a body that is streamed to the handler; 32 MiB when zero
}

// The defaults of [Options].
const (
	DefaultMaxBody   = 1 << 20
	DefaultMaxUpload = 32 << 20
)

// BodyLimit is the largest body that the operation may be sent: MaxUpload where it is streamed, else MaxBody.
func (o *Options) BodyLimit(streamed bool) int64 {
	switch {
	case streamed && o.MaxUpload > 0:
		return o.MaxUpload
	case streamed:
		return DefaultMaxUpload
	case o.MaxBody > 0:
		return o.MaxBody
	}
	return DefaultMaxBody
}

func (o *Options) logger() *slog.Logger {
	if o.Log != nil {
		return o.Log
	}
	return slog.Default()
}

// Kind says how a body is read and written.
type Kind uint8

// The kinds of content.
const (
	JSON Kind = iota
	Form
	Multipart
	Text
	Binary
	EventStream
)

// Media is one media type of a body, possibly a range such as image/*.
type Media struct {
	Type string // lower case, without parameters
	Kind Kind
}
