package generator

import (
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/msgen/msgen/schema"
)

// serverOperation is an operation as the templates of a version see it.
type serverOperation struct {
	*Operation
	Params  []*serverParam
	Bodies  []*serverBody
	Answers []*serverAnswer // one for each content of each response
	BodyVar string          // Go name of Contents

	view *serverView
}

// settle compiles what the operation needs.
func (o *serverOperation) settle() error {
	fields := map[string]bool{"Accept": true}
	for _, p := range o.Parameters {
		param, err := o.param(p)
		if err != nil {
			return fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		fields[p.Field] = true
		o.Params = append(o.Params, param)
	}
	if o.Body != nil {
		o.BodyVar = o.view.variable("contents" + o.Name)
		for i, c := range o.Body.Contents {
			body, err := o.body(i, c, fields)
			if err != nil {
				return fmt.Errorf("request body: %w", err)
			}
			o.Bodies = append(o.Bodies, body)
		}
	}
	for _, r := range o.Responses {
		if err := o.answers(r); err != nil {
			return fmt.Errorf("response %s: %w", r.Status, err)
		}
	}
	return nil
}

// freeField returns the first of the names that no field has, and takes it.
func freeField(fields map[string]bool, name string) string {
	for fields[name] {
		name += "_"
	}
	fields[name] = true
	return name
}

// Doc is the comment of the operation's method in the interface.
func (o *serverOperation) Doc() string {
	doc := fmt.Sprintf("%s answers %s %s", o.Name, o.Method, oneLine(o.Template))
	if summary := oneLine(o.Summary); summary != "" {
		doc += ": " + summary
	}
	if o.Deprecated {
		doc += "\n\nDeprecated: the contract says so."
	}
	return doc
}

// RequestDoc is the comment of the request's type.
func (o *serverOperation) RequestDoc() string {
	return o.Name + "Request is what " + o.Place() + " takes."
}

// ResponseDoc is the comment of the interface of the responses.
func (o *serverOperation) ResponseDoc() string {
	if len(o.Answers) == 0 {
		return o.Name + "Response has no implementation: the contract declares no response."
	}
	var types []string
	for _, a := range o.Answers {
		types = append(types, a.Type)
	}
	return o.Name + "Response is what " + o.Place() + " answers: " + strings.Join(types, ", ") + "."
}

// Contents is the Go expression that describes the request body.
func (o *serverOperation) Contents() string {
	var media []string
	for _, b := range o.Bodies {
		media = append(media, b.Media())
	}
	required := ""
	if o.Body.Required {
		required = "Required: true, "
	}
	return "content.Body{" + required + "Contents: []content.Media{" + listed(media) + "}}"
}

// Sample is a path that the operation's route takes, escaped; its parameters are most likely no valid ones.
func (o *serverOperation) Sample() string {
	u := url.URL{Path: templateParameter.ReplaceAllString(o.Path, "0a1b2c")}
	return u.EscapedPath()
}

// SampleMedia is the media type of a body that is tried, "" for none.
func (o *serverOperation) SampleMedia() string {
	if len(o.Bodies) == 0 {
		return ""
	}
	if media := essence(o.Bodies[0].MediaType); !strings.Contains(media, "*") {
		return media
	}
	return "application/json"
}

// Plain tells whether the path has none of the characters that end or escape a path.
func (o *serverOperation) Plain() bool { return !strings.ContainsAny(o.Path, "?#%;\\ ") }

// Outcome is what becomes of the sample request: 4xx when its body "{" breaks every schema, 501 when nothing is required
// of it, and one of them otherwise.
func (o *serverOperation) Outcome() string {
	switch {
	case len(o.Bodies) > 0 && (o.Bodies[0].Kind == JSON || o.Bodies[0].Kind == Multipart):
		return "4xx"
	case len(o.Bodies) == 0 && o.Plain() && !slices.ContainsFunc(o.Params, func(p *serverParam) bool { return p.Required }):
		return "501"
	}
	return "4xx or 501"
}

// Place is the operation in words: POST /v1/orders.
func (o *serverOperation) Place() string { return o.Method + " " + oneLine(o.Path) }

// Negotiates tells whether the handler chooses between several contents of a success.
func (o *serverOperation) Negotiates() bool {
	return slices.ContainsFunc(o.Responses, func(r *Response) bool { return success(r) && len(r.Contents) > 1 })
}

// success tells whether a response is one that a request asks for.
func success(r *Response) bool { return strings.HasPrefix(r.Status, "2") }

// Offer is a Go expression of the media types that the operation can answer with, "" when any request may be answered.
func (o *serverOperation) Offer() string {
	var types []string
	for _, r := range o.Responses {
		if success(r) && len(r.Contents) == 0 {
			return ""
		}
		if !success(r) {
			continue
		}
		for _, c := range r.Contents {
			types = append(types, essence(c.MediaType))
			if c.Kind == JSON {
				types = append(types, "application/msgpack")
			}
		}
	}
	seen := map[string]bool{}
	var quoted []string
	for _, t := range types {
		if !seen[t] {
			seen[t] = true
			quoted = append(quoted, GoString(t))
		}
	}
	if len(quoted) == 0 {
		return ""
	}
	return "content.Offer{" + strings.Join(quoted, ", ") + "}"
}

// essence is a media type in lower case without its parameters.
func essence(mediaType string) string {
	if name, _, err := mime.ParseMediaType(mediaType); err == nil {
		return name
	}
	name, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// Streams tells whether a response has no end of its own.
func (o *serverOperation) Streams() bool {
	return slices.ContainsFunc(o.Answers, func(a *serverAnswer) bool { return a.Content != nil && a.Content.Kind == EventStream })
}

// Downloads tells whether a response is copied from a reader, which may take long.
func (o *serverOperation) Downloads() bool {
	return slices.ContainsFunc(o.Answers, func(a *serverAnswer) bool { return a.Stream() })
}

// Uploads tells whether some body is streamed to the handler.
func (o *serverOperation) Uploads() bool {
	return slices.ContainsFunc(o.Bodies, func(b *serverBody) bool { return b.Streamed() })
}

// Requirements is a Go expression of the operation's security, "" for none.
func (o *serverOperation) Requirements() string {
	if len(o.Security) == 0 {
		return ""
	}
	var alternatives []string
	for _, requirement := range o.Security {
		var uses []string
		for _, use := range requirement {
			expr := "{Scheme: " + GoString(use.Scheme)
			if len(use.Scopes) > 0 {
				var scopes []string
				for _, scope := range use.Scopes {
					scopes = append(scopes, GoString(scope))
				}
				expr += ", Scopes: []string{" + strings.Join(scopes, ", ") + "}"
			}
			uses = append(uses, expr+"}")
		}
		alternatives = append(alternatives, "{"+strings.Join(uses, ", ")+"}")
	}
	return "auth.Requirements{" + strings.Join(alternatives, ", ") + "}"
}

// Protected tells whether an anonymous request is refused.
func (o *serverOperation) Protected() bool {
	return len(o.Security) > 0 && !slices.ContainsFunc(o.Security, func(r Requirement) bool { return len(r) == 0 })
}

// codec is a Go expression of type content.Codec for a type. What is not needed is left out: decoding of responses,
// encoding of requests.
func (o *serverOperation) codec(t *Type, s *schema.Schema, d schema.Direction) (string, error) {
	check, err := o.view.validator(s, d)
	if err != nil {
		return "", err
	}
	goType := o.view.use(t)
	fields := "Check: " + check
	if d == schema.Request {
		fields += ", Decode: " + o.view.unit.Decoder(goType)
	} else {
		fields += ", Encode: " + o.view.unit.Encoder(goType)
	}
	return "content.Codec[" + goType + "]{" + fields + "}", nil
}
