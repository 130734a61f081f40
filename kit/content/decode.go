package content

import (
	"net/http"
	"unicode/utf8"

	"github.com/msgen/msgen/kit/param"
	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/schema"
)

// Codec is how a generated type is checked, decoded and encoded.
type Codec[T any] struct {
	Check  schema.Func
	Decode func([]byte, *T) error
	Encode func([]byte, *T) ([]byte, error)
}

// ReadJSON reads a body of JSON or MessagePack into dst. It reports whether there was a body.
func ReadJSON[T any](m *Message, c *Codec[T], dst *T) (bool, error) {
	doc, err := m.document(c.Check)
	if doc == nil || err != nil {
		return false, err
	}
	return true, decoded(c.Decode(doc, dst))
}

// document reads and checks a body of JSON; nil without an error means that there is none.
func (m *Message) document(check schema.Func) ([]byte, error) {
	raw, err := m.bytes()
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		if m.required {
			return nil, missing()
		}
		return nil, nil
	}
	if m.msgpack {
		m.json = newBuffer()
		if m.json.bytes, err = appendJSON(m.json.bytes, raw); err != nil {
			return nil, problem.New(http.StatusBadRequest, "The body is not MessagePack that JSON can express.").
				With(problem.FieldError{Detail: err.Error(), Keyword: "syntax"})
		}
		raw = m.json.bytes
	}
	return raw, checked(raw, check)
}

// checked turns the errors of a body into a problem.
func checked(doc []byte, check schema.Func) error {
	errs := schema.Validate(doc, check, schema.Limits{})
	if errs == nil {
		return nil
	}
	p := problem.New(http.StatusUnprocessableEntity, "The body breaks its schema.")
	if errs.Syntax {
		p = problem.New(http.StatusBadRequest, "The body is not the JSON that this service takes.")
	}
	for _, e := range errs.List {
		p.With(problem.FieldError{Pointer: e.Pointer, Detail: e.Detail, Keyword: e.Keyword})
	}
	return p
}

// decoded turns an error of decoding what passed its schema into a problem: the Go type is narrower than the schema.
func decoded(err error) error {
	if err == nil {
		return nil
	}
	return problem.New(http.StatusUnprocessableEntity, "A value of the body is beyond what the service can represent.").
		With(problem.FieldError{Detail: "has a value out of range", Keyword: "format"}).Because(err)
}

// ReadForm reads a form body into dst; form says how its fields are written. It reports whether there was a body.
func ReadForm[T any](m *Message, form *param.Value, c *Codec[T], dst *T) (bool, error) {
	doc, err := m.form(form, c.Check)
	if doc == nil || err != nil {
		return false, err
	}
	return true, decoded(c.Decode(doc, dst))
}

// form reads and checks a form body as JSON.
func (m *Message) form(form *param.Value, check schema.Func) ([]byte, error) {
	raw, err := m.bytes()
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 && !m.required {
		return nil, nil
	}
	m.json = newBuffer()
	body := string(raw)
	return m.twice(check, func(dst []byte, alternative bool) ([]byte, []problem.FieldError) {
		return param.AppendForm(dst, body, form, alternative)
	})
}

// twice builds a document of text in the first and, when that does not fit the schema, in the alternative reading.
func (m *Message) twice(check schema.Func, build func(dst []byte, alternative bool) ([]byte, []problem.FieldError)) ([]byte, error) {
	var errs []problem.FieldError
	if m.json.bytes, errs = build(m.json.bytes[:0], false); errs == nil {
		if schema.Validate(m.json.bytes, check, schema.Limits{}) == nil {
			return m.json.bytes, nil
		}
	}
	second, wrong := build(nil, true)
	if wrong == nil && schema.Validate(second, check, schema.Limits{}) == nil {
		return second, nil
	}
	if errs != nil {
		return nil, problem.New(http.StatusBadRequest, "A field of the body is wrong.").With(errs...)
	}
	return m.json.bytes, checked(m.json.bytes, check)
}

// ReadText reads a body of text in UTF-8, which is checked as a JSON string. It reports whether there was a body.
func ReadText[T any](m *Message, c *Codec[T], dst *T) (bool, error) {
	raw, err := m.bytes()
	if err != nil {
		return false, err
	}
	if len(raw) == 0 && !m.required {
		return false, nil
	}
	if !utf8.Valid(raw) {
		return false, problem.New(http.StatusBadRequest, "The body is not UTF-8.")
	}
	m.json = newBuffer()
	m.json.bytes, _ = param.AppendString(m.json.bytes, string(raw))
	if err := checked(m.json.bytes, c.Check); err != nil {
		return false, err
	}
	return true, decoded(c.Decode(m.json.bytes, dst))
}
