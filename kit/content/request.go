package content

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/msgen/msgen/kit/problem"
)

// Body describes the request body of an operation.
type Body struct {
	Required bool
	Contents []Media
}

// None is the Index of a message without a body.
const None = -1

// Message is a request body that has been announced but not read. [Message.Close] gives its buffers back.
type Message struct {
	// Index is the place of the content in Body.Contents, or None when the body is optional and absent.
	Index int

	required bool
	msgpack  bool
	boundary string
	limit    int64
	fields   int64 // limit of the fields of a multipart body together
	length   int64 // as announced, -1 when unknown
	body     io.Reader
	raw      *buffer // as received
	json     *buffer // as JSON, when it was received in another form
}

// Open checks what the header section says about the body: its size, its coding and its media type. It reads nothing
// of it, except to tell whether a body of unknown length without a type is empty.
func (b *Body) Open(r *http.Request, o *Options) (Message, error) {
	m := Message{Index: None, required: b.Required, body: r.Body, length: r.ContentLength}
	streamed := slices.ContainsFunc(b.Contents, func(c Media) bool { return c.Kind == Binary || c.Kind == Multipart })
	m.limit, m.fields = o.BodyLimit(streamed), o.BodyLimit(false)
	if r.ContentLength > m.limit {
		return m, tooLarge(m.limit)
	}
	if coding := r.Header["Content-Encoding"]; len(coding) > 0 && !(len(coding) == 1 && strings.EqualFold(coding[0], "identity")) {
		return m, problem.New(http.StatusUnsupportedMediaType, "The Content-Encoding is not supported; send the body as it is.").
			Header("Accept-Encoding", "identity")
	}
	types := r.Header["Content-Type"]
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 || len(types) == 0 && r.ContentLength < 0 && m.empty() {
		if b.Required {
			return m, missing()
		}
		return m, nil
	}
	if len(types) != 1 {
		return m, b.unsupported("Send one Content-Type.")
	}
	if err := b.choose(&m, types[0]); err != nil {
		return m, err
	}
	if kind := b.Contents[m.Index].Kind; streamed && kind != Binary && kind != Multipart {
		if m.limit = o.BodyLimit(false); r.ContentLength > m.limit {
			return m, tooLarge(m.limit)
		}
	}
	return m, nil
}

// choose finds the content for a Content-Type.
func (b *Body) choose(m *Message, header string) error {
	for i := range b.Contents {
		if b.Contents[i].Type == header && b.Contents[i].Kind != Multipart {
			m.Index = i
			return nil
		}
	}
	t, ok := parseMediaType(header)
	if !ok {
		return b.unsupported("The Content-Type is malformed.")
	}
	m.Index = match(b.Contents, t.essence)
	if m.Index == None && isMsgpack(t.essence) {
		m.Index = slices.IndexFunc(b.Contents, func(c Media) bool { return c.Kind == JSON })
		m.msgpack = true
	}
	if m.Index == None {
		return b.unsupported("The Content-Type is not supported.")
	}
	m.boundary = t.boundary
	kind := b.Contents[m.Index].Kind
	m.msgpack = m.msgpack || kind == JSON && isMsgpack(t.essence)
	if kind != Binary && kind != Multipart && !utf8Charset(t.charset) {
		return b.unsupported("The charset is not supported; send UTF-8.")
	}
	return nil
}

// unsupported is the problem of a media type that the operation does not take.
func (b *Body) unsupported(detail string) error {
	var names []string
	json := false
	for _, c := range b.Contents {
		names = append(names, c.Type)
		json = json || c.Kind == JSON
	}
	if json && !slices.Contains(names, msgpackType) {
		names = append(names, msgpackType)
	}
	accept := strings.Join(names, ", ")
	return problem.New(http.StatusUnsupportedMediaType, detail+" Supported: "+accept+".").Header("Accept", accept)
}

func missing() error {
	return problem.New(http.StatusBadRequest, "The request needs a body.").
		With(problem.FieldError{Detail: "is required", Keyword: "required"})
}

func tooLarge(limit int64) error {
	return problem.New(http.StatusRequestEntityTooLarge, "The body is larger than "+strconv.FormatInt(limit, 10)+" bytes.")
}

// readError turns an error of reading a body into what the client is told.
func readError(err error) error {
	var p *problem.Problem
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &p), errors.As(err, &large), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem.SlowBody(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return problem.New(http.StatusBadRequest, "The body is shorter than announced.").Because(err)
	}
	return problem.New(http.StatusBadRequest, "The body can't be read.").Because(err)
}

// empty reports whether the body of unknown length is empty; the byte that it reads to find out is put back.
func (m *Message) empty() bool {
	var first [1]byte
	n, err := io.ReadFull(m.body, first[:])
	if n == 0 && errors.Is(err, io.EOF) {
		return true
	}
	m.body = io.MultiReader(strings.NewReader(string(first[:n])), m.body)
	return false
}

// Close gives the buffers of the message back. What was decoded from them stays valid.
func (m *Message) Close() {
	m.raw.free()
	m.json.free()
	m.raw, m.json = nil, nil
}

// bytes reads the whole body.
func (m *Message) bytes() ([]byte, error) {
	m.raw = newBuffer()
	b := m.raw.bytes
	if want := min(m.length, m.limit, 64<<10); int64(cap(b)) <= want {
		b = make([]byte, 0, want+1)
	}
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := m.body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		m.raw.bytes = b
		if int64(len(b)) > m.limit {
			return nil, tooLarge(m.limit)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, readError(err)
		}
	}
	if m.length > 0 && int64(len(b)) < m.length {
		return nil, readError(io.ErrUnexpectedEOF)
	}
	return b, nil
}

// Stream returns the body as it arrives, up to the limit: reading beyond it fails with a problem (413).
func (m *Message) Stream() io.Reader {
	return &stream{m.body, m.limit}
}

// stream bounds a body and turns its errors into problems.
type stream struct {
	body io.Reader
	left int64
}

func (s *stream) Read(p []byte) (int, error) {
	if s.left < 0 {
		return 0, problem.New(http.StatusRequestEntityTooLarge, "The body is larger than the service takes.")
	}
	if int64(len(p)) > s.left+1 {
		p = p[:s.left+1]
	}
	n, err := s.body.Read(p)
	if s.left -= int64(n); s.left < 0 {
		return n - 1, problem.New(http.StatusRequestEntityTooLarge, "The body is larger than the service takes.")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = readError(err)
	}
	return n, err
}
