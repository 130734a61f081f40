package content

import (
	"encoding/json"
	"errors"
	"io"
	"iter"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/msgen/msgen/kit/param"
	"github.com/msgen/msgen/kit/problem"
)

// The limits of a multipart body, beside its size.
const (
	maxParts      = 1000
	maxPartHeader = 16 << 10 // bytes of the header section of one part
)

// Parts describes a multipart body: its fields, which become one JSON object, and its files, which are streamed.
type Parts struct {
	Fields param.Value
	Parts  []Part
	Closed bool // members that are not declared are refused
}

// Part is a declared member of a multipart body.
type Part struct {
	Name     string
	File     bool
	Array    bool     // may occur several times
	Required bool     // files: must be there at the end; required fields are the schema's
	Types    []string // media types of the encoding object; empty for the default
	JSON     bool     // the value is JSON unless its Content-Type says otherwise
}

// File is a file of a multipart body. It must be read before the next one is asked for.
type File struct {
	Name        string // of the part
	Filename    string // as the client calls it, without folders; never use it as a path
	ContentType string // as the client says; empty when it does not
	Header      textproto.MIMEHeader
	io.Reader
}

// Files yields the files of a multipart body in the order in which they arrive. The fields come before the files and
// are checked when the handler starts; a file that is wrong or missing is found when its turn comes, and is an error
// that the handler returns as it is. What the handler does not read is dropped.
//
//	for file, err := range req.Files {
//		if err != nil {
//			return nil, err
//		}
//		// file.Name, file.Filename; read file
//	}
type Files iter.Seq2[*File, error]

// ReadMultipart reads the fields of a multipart body into dst, up to the first file, and returns the files. It reports
// whether there was a body.
func ReadMultipart[T any](m *Message, parts *Parts, c *Codec[T], dst *T) (Files, bool, error) {
	if m.boundary == "" || len(m.boundary) > 70 {
		return nil, false, problem.New(http.StatusBadRequest, "The Content-Type has no boundary of 1 to 70 characters.")
	}
	meter := &meter{body: m.Stream()}
	p := &partReader{meter: meter, reader: multipart.NewReader(meter, m.boundary), parts: parts, limit: m.fields, left: m.fields}
	if err := p.fields(); err != nil {
		return nil, false, err
	}
	m.json = newBuffer()
	doc, err := m.twice(c.Check, func(dst []byte, alternative bool) ([]byte, []problem.FieldError) {
		return param.AppendFields(dst, p.values, &parts.Fields, alternative)
	})
	if err != nil {
		return nil, false, err
	}
	return p.files(), true, decoded(c.Decode(doc, dst))
}

// partReader reads the parts of a body.
type partReader struct {
	meter  *meter
	reader *multipart.Reader
	parts  *Parts
	limit  int64 // bytes of all fields together
	left   int64 // of the limit
	count  int
	values []param.Field
	file   *multipart.Part // the first file, found while reading fields
	part   *multipart.Part // the part at hand
	done   bool
}

// next returns the next part, nil at the end.
func (p *partReader) next() (*multipart.Part, error) {
	if p.part != nil {
		if _, err := io.Copy(io.Discard, p.part); err != nil {
			return nil, partError(err)
		}
	}
	p.meter.header = maxPartHeader
	part, err := p.reader.NextRawPart()
	p.meter.header = -1
	p.part = part
	switch {
	case err == io.EOF:
		p.done = true
		return nil, nil
	case err != nil:
		return nil, partError(err)
	}
	if p.count++; p.count > maxParts {
		return nil, problem.New(http.StatusBadRequest, "The body has more than "+strconv.Itoa(maxParts)+" parts.")
	}
	if coding := part.Header.Get("Content-Transfer-Encoding"); coding != "" && !slices.Contains([]string{"7bit", "8bit", "binary"}, strings.ToLower(coding)) {
		return nil, problem.New(http.StatusUnsupportedMediaType, "A part has a Content-Transfer-Encoding; send it as it is.")
	}
	if len(part.Header["Content-Disposition"]) > 1 || len(part.Header["Content-Type"]) > 1 {
		return nil, problem.New(http.StatusBadRequest, "A part has a header twice, and others may read the other one.")
	}
	if part.FormName() == "" {
		return nil, problem.New(http.StatusBadRequest, "A part has no name.")
	}
	return part, nil
}

// partError turns an error of the multipart reader into a problem.
func partError(err error) error {
	var p *problem.Problem
	var large *http.MaxBytesError
	if errors.As(err, &p) || errors.As(err, &large) {
		return err
	}
	return problem.New(http.StatusBadRequest, "The multipart body is malformed.").Because(err)
}

// declared returns the declared part of a name, or nil.
func (p *Parts) declared(name string) *Part {
	for i := range p.Parts {
		if p.Parts[i].Name == name {
			return &p.Parts[i]
		}
	}
	return nil
}

// isFile reports whether a part is a file: one that is declared as such, or an undeclared one with a file name.
func (p *Parts) isFile(part *multipart.Part) bool {
	if d := p.declared(part.FormName()); d != nil {
		return d.File
	}
	return part.FileName() != ""
}

// fields reads the fields up to the first file.
func (p *partReader) fields() error {
	for {
		part, err := p.next()
		if part == nil || err != nil {
			return err
		}
		if p.parts.isFile(part) {
			p.file = part
			return nil
		}
		if err := p.field(part); err != nil {
			return err
		}
	}
}

// field reads one field.
func (p *partReader) field(part *multipart.Part) error {
	name := part.FormName()
	d := p.parts.declared(name)
	asJSON, err := fieldType(d, name, part.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(part, p.left+1))
	if err != nil {
		return partError(err)
	}
	if p.left -= int64(len(text)); p.left < 0 {
		return tooLarge(p.limit)
	}
	if asJSON && !json.Valid(text) {
		return problem.New(http.StatusBadRequest, "A part of the body is wrong.").With(fieldError(name, "syntax", "is not JSON"))
	}
	p.values = append(p.values, param.Field{Name: name, Text: string(text), JSON: asJSON})
	return nil
}

// fieldType checks the Content-Type of a field and reports whether it is JSON.
func fieldType(d *Part, name, header string) (bool, error) {
	if header == "" {
		return d != nil && d.JSON, nil
	}
	t, ok := parseMediaType(header)
	if !ok || !utf8Charset(t.charset) || d != nil && !d.admits(t.essence) {
		return false, problem.New(http.StatusUnsupportedMediaType, "A part of the body has a Content-Type that is not supported.").
			With(fieldError(name, "contentMediaType", "has an unsupported Content-Type"))
	}
	isJSON := t.essence == "application/json" || strings.HasSuffix(t.essence, "+json")
	if d != nil && d.JSON && t.essence == "text/plain" {
		return true, nil
	}
	return isJSON, nil
}

// admits reports whether the part may have the media type. Without an encoding object any will do.
func (d *Part) admits(essence string) bool {
	if len(d.Types) == 0 {
		return true
	}
	return slices.ContainsFunc(d.Types, func(declared string) bool { return covers(declared, essence) })
}

func fieldError(name, keyword, detail string) problem.FieldError {
	return problem.FieldError{Pointer: "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name), Keyword: keyword, Detail: detail}
}

// unprocessable is the problem of a file that breaks the contract.
func unprocessable(name, keyword, detail string) error {
	return problem.New(http.StatusUnprocessableEntity, "The body breaks its schema.").With(fieldError(name, keyword, detail))
}

// files returns the iterator over the files.
func (p *partReader) files() Files {
	return func(yield func(*File, error) bool) {
		seen := map[string]bool{}
		part := p.file
		for part != nil {
			file, err := p.accept(part, seen)
			if err != nil {
				yield(wrong(err))
				return
			}
			if !yield(file, nil) {
				return
			}
			if part, err = p.next(); err != nil {
				yield(wrong(err))
				return
			}
		}
		for _, d := range p.parts.Parts {
			if d.File && d.Required && !seen[d.Name] {
				yield(wrong(unprocessable(d.Name, "required", "is required")))
				return
			}
		}
	}
}

// wrong is what takes the place of a file that is wrong or missing. A handler that ranges over the files alone, and
// leaves the error out, gets it when it reads.
func wrong(err error) (*File, error) { return &File{Reader: faulty{err}}, err }

// faulty is a reader that fails.
type faulty struct{ err error }

func (f faulty) Read([]byte) (int, error) { return 0, f.err }

// accept checks a part that arrives after the fields.
func (p *partReader) accept(part *multipart.Part, seen map[string]bool) (*File, error) {
	name := part.FormName()
	d := p.parts.declared(name)
	contentType := part.Header.Get("Content-Type")
	switch {
	case !p.parts.isFile(part):
		return nil, problem.New(http.StatusBadRequest, "Send the fields before the files.").
			With(fieldError(name, "", "stands behind a file"))
	case d == nil && p.parts.Closed:
		return nil, unprocessable(name, "additionalProperties", "is not allowed")
	case d != nil && seen[name] && !d.Array:
		return nil, unprocessable(name, "type", "is given more than once")
	}
	if d != nil && len(d.Types) > 0 {
		t, ok := parseMediaType(contentType)
		if !ok || !d.admits(t.essence) {
			return nil, problem.New(http.StatusUnsupportedMediaType, "A file has a Content-Type that is not supported; send "+strings.Join(d.Types, " or ")+".").
				With(fieldError(name, "contentMediaType", "has an unsupported Content-Type"))
		}
	}
	seen[name] = true
	return &File{Name: name, Filename: fileName(part), ContentType: contentType, Header: part.Header, Reader: fileReader{part}}, nil
}

// fileName is the last element of the name of a file, wherever the client runs (RFC 7578 section 4.2); "" when that names
// a folder or holds control characters.
func fileName(part *multipart.Part) string {
	name := part.FileName()
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if name == "." || name == ".." || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return name
}

// fileReader reads a file and turns errors into problems.
type fileReader struct{ part *multipart.Part }

func (f fileReader) Read(b []byte) (int, error) {
	n, err := f.part.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = partError(err)
	}
	return n, err
}

// meter bounds what is read while the header section of a part is parsed.
type meter struct {
	body   io.Reader
	header int // what may still be read, -1 for no bound
}

func (m *meter) Read(b []byte) (int, error) {
	if m.header == 0 {
		return 0, problem.New(http.StatusBadRequest, "The header section of a part is too large.")
	}
	if m.header > 0 && len(b) > m.header {
		b = b[:m.header]
	}
	n, err := m.body.Read(b)
	if m.header > 0 {
		m.header -= n
	}
	return n, err
}
