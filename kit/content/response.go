package content

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/msgen/msgen/kit/param"
	"github.com/msgen/msgen/kit/schema"
)

// Out is where a response goes.
type Out struct {
	W         http.ResponseWriter
	R         *http.Request
	Operation string
	Options   *Options
}

// Covers refuses a status that a response of the contract does not cover: one outside of min to max, or one that
// another response declares.
func (o Out) Covers(status, minimum, maximum int, declared ...int) error {
	if status < minimum || status > maximum || slices.Contains(declared, status) {
		return fmt.Errorf("operation %s: the handler answered with StatusCode %d, which its response does not cover; set a code from %d to %d that has no response of its own",
			o.Operation, status, minimum, maximum)
	}
	return nil
}

// Or returns the media type that a handler chose, or the declared one when it chose none.
func Or(chosen, declared string) string {
	if chosen != "" {
		return chosen
	}
	return declared
}

// List makes an empty list of nil, which JSON would write as null.
func List[S ~[]E, E any](list *S) *S {
	if *list == nil {
		*list = S{}
	}
	return list
}

// Map makes an empty map of nil, which JSON would write as null.
func Map[M ~map[K]V, K comparable, V any](m *M) *M {
	if *m == nil {
		*m = M{}
	}
	return m
}

// ErrNoResponse is what a handler fails with that returns neither a response nor an error.
var ErrNoResponse = errors.New("the handler returned neither a response nor an error")

// WriteJSON answers with the JSON of body, or with its MessagePack when the request wants that more. The media type
// is sent with JSON. A body that breaks its schema is handled as the mode says, before anything is sent.
func WriteJSON[T any](o Out, status int, mediaType string, c *Codec[T], body *T, headers ...Header) error {
	doc := newBuffer()
	defer doc.free()
	var err error
	if doc.bytes, err = c.Encode(doc.bytes, body); err != nil {
		return fmt.Errorf("operation %s: response %d: %w", o.Operation, status, err)
	}
	return o.json(status, mediaType, doc.bytes, c.Check, headers)
}

// json checks and sends a document.
func (o Out) json(status int, mediaType string, doc []byte, check schema.Func, headers []Header) error {
	if err := o.check(status, "", doc, check); err != nil {
		return err
	}
	if !AcceptOf(o.R).wantsMsgpack(mediaType) {
		return o.send(status, mediaType, doc, headers)
	}
	packed := newBuffer()
	defer packed.free()
	var err error
	if packed.bytes, err = appendMsgpack(packed.bytes, doc); err != nil {
		return fmt.Errorf("operation %s: response %d: %w", o.Operation, status, err)
	}
	return o.send(status, msgpackType, packed.bytes, headers)
}

// check validates a part of a response as the mode says; "" is the body.
func (o Out) check(status int, part string, doc []byte, check schema.Func) error {
	mode := o.Options.Responses
	if mode == Off || mode == Sample && rand.IntN(sampled) != 0 {
		return nil
	}
	errs := schema.Validate(doc, check, schema.Limits{Depth: maxPacked, Members: 1 << 30})
	if errs == nil {
		return nil
	}
	differences := make([]string, len(errs.List))
	for i, e := range errs.List {
		differences[i] = strings.TrimSpace(part + strings.TrimRight(" "+e.Pointer, " ") + " " + e.Detail)
	}
	o.Options.logger().LogAttrs(o.R.Context(), slog.LevelError, "response breaks the contract",
		slog.String("operation", o.Operation), slog.Int("status", status), slog.Any("differences", differences))
	if mode == Sample {
		return nil
	}
	return fmt.Errorf("operation %s: response %d breaks the contract: %s", o.Operation, status, strings.Join(differences, "; "))
}

// send writes the header section and the body.
func (o Out) send(status int, mediaType string, body []byte, headers []Header) error {
	if err := o.headers(status, headers); err != nil {
		return err
	}
	if !hasBody(status) {
		o.W.WriteHeader(status)
		return nil
	}
	h := o.W.Header()
	h["Content-Type"] = []string{mediaType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	o.W.WriteHeader(status)
	if o.R.Method != http.MethodHead {
		_, _ = o.W.Write(body) // the client is gone; nobody is left to tell
	}
	return nil
}

// hasBody reports whether a response of the status may have a body (RFC 9110 section 6.4.1).
func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// WriteEmpty answers without a body.
func WriteEmpty(o Out, status int, headers ...Header) error {
	if err := o.headers(status, headers); err != nil {
		return err
	}
	if hasBody(status) {
		o.W.Header()["Content-Length"] = []string{"0"}
	}
	o.W.WriteHeader(status)
	return nil
}

// WriteText answers with text in UTF-8, checked as a JSON string.
func WriteText[T ~string](o Out, status int, mediaType string, check schema.Func, body T, headers ...Header) error {
	doc := newBuffer()
	defer doc.free()
	var ok bool
	if doc.bytes, ok = param.AppendString(doc.bytes, string(body)); !ok {
		return fmt.Errorf("operation %s: response %d is not UTF-8", o.Operation, status)
	}
	if err := o.check(status, "", doc.bytes, check); err != nil {
		return err
	}
	if !strings.Contains(mediaType, ";") {
		mediaType += "; charset=utf-8"
	}
	return o.send(status, mediaType, []byte(body), headers)
}

// WriteEncodedText answers with text whose Go type is not a string: its JSON, without the quotes of a string.
func WriteEncodedText[T any](o Out, status int, mediaType string, c *Codec[T], body *T, headers ...Header) error {
	doc, err := c.Encode(nil, body)
	if err != nil {
		return fmt.Errorf("operation %s: response %d: %w", o.Operation, status, err)
	}
	text, err := flat(doc, false)
	if err != nil {
		return fmt.Errorf("operation %s: response %d: %w", o.Operation, status, err)
	}
	return WriteText(o, status, mediaType, func(*schema.Scanner) bool { return true }, text, headers...)
}

// StreamTimeout is the time that a streamed response may take as a whole.
const StreamTimeout = 15 * time.Minute

// pace is the time that a client has to take one chunk of a streamed response.
const pace = 30 * time.Second

// paced gives the client time for every chunk, so that a long response outlasts the write timeout of the server as long
// as it moves.
type paced struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (p *paced) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(pace)) // a writer without deadlines needs none
	return p.w.Write(b)
}

// WriteStream answers with what body yields until its end, and closes it when it can be closed; nil is an empty body. A
// failure on the way aborts the connection, so that the client does not take a part for the whole.
func WriteStream(o Out, status int, mediaType string, body io.Reader, headers ...Header) error {
	if closer, ok := body.(io.Closer); ok {
		defer func() { _ = closer.Close() }()
	}
	if err := o.headers(status, headers); err != nil {
		return err
	}
	if !hasBody(status) {
		o.W.WriteHeader(status)
		return nil
	}
	if body == nil {
		body = bytes.NewReader(nil)
	}
	h := o.W.Header()
	h["Content-Type"] = []string{mediaType}
	if sized, ok := body.(interface{ Len() int }); ok {
		h["Content-Length"] = []string{strconv.Itoa(sized.Len())}
	}
	o.W.WriteHeader(status)
	if o.R.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(&paced{o.W, http.NewResponseController(o.W)}, body); err != nil {
		if o.R.Context().Err() == nil && !errors.Is(err, context.Canceled) {
			o.Options.logger().LogAttrs(o.R.Context(), slog.LevelError, "response ended early",
				slog.String("operation", o.Operation), slog.Any("error", err))
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}
