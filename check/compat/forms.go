package compat

import (
	"strings"

	"github.com/msgen/msgen/schema"
)

// asText tells whether the scalar values of a media type travel as text: plain text, forms, and the parts of a multipart
// body that are not JSON.
func asText(media string) bool {
	return strings.HasPrefix(media, "text/") || strings.HasPrefix(media, "application/x-www-form-urlencoded") ||
		strings.HasPrefix(media, "multipart/")
}

// sameText tells whether the receiver reads every text that the sender may write, where the schemas as such do not say so:
// a number may be sent where a string is read.
func (s *schemas) sameText(use comparison, media string, sender, receiver *schema.Schema) bool {
	if !asText(media) {
		return false
	}
	sent, read := sender.Target(), receiver.Target()
	if sent == nil || read == nil {
		return false
	}
	if strings.HasPrefix(media, "text/") {
		answer, _ := s.texts(use.side, sender, receiver, parameter{}, parameter{})
		return answer == schema.Yes
	}
	return s.sameForm(use, form{wire: s.wire, isJSON: use.isJSON, parts: strings.HasPrefix(media, "multipart/")}, sent, read)
}

// sameForm tells whether the receiver reads every form that the sender may write.
func (s *schemas) sameForm(use comparison, f form, sent, read *schema.Schema) bool {
	a, ok := f.texts(sent, false)
	if !ok {
		return false
	}
	b, ok := f.texts(read, true)
	return ok && schema.Subset(a, b, s.options(use.side)).Answer == schema.Yes
}

// form is a form or multipart body, whose members travel as text.
type form struct {
	wire   wire
	isJSON func(member string) bool // or nil
	parts  bool                     // of a multipart body: one without a type is bytes (OpenAPI 3.1 section 4.8.15.1)
}

// texts replaces the members of a form by their texts, one by one or in arrays; members that have no text are kept.
func (f form) texts(s *schema.Schema, exact bool) (*schema.Schema, bool) {
	if s.Types != schema.Object || s.HasEnum || len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) > 0 || s.Not != nil || s.If != nil ||
		len(s.PatternProperties) > 0 || len(s.DependentSchemas) > 0 || s.UnevaluatedProperties != nil {
		return nil, false
	}
	body := *s
	body.Location = ""
	body.Properties = make([]schema.Property, len(s.Properties))
	for i, p := range s.Properties {
		body.Properties[i] = p
		if f.isJSON == nil || !f.isJSON(p.Name) {
			body.Properties[i].Schema = f.member(p.Schema, exact)
		}
	}
	return &body, true
}

func (f form) member(s *schema.Schema, exact bool) *schema.Schema {
	target := s.Target()
	if target == nil || target.ReadOnly || target.WriteOnly {
		return s
	}
	if f.parts && isBytes(target) {
		return &schema.Schema{Types: schema.String}
	}
	if texts, ok := f.wire.textsOf(target, exact); ok {
		return texts
	}
	if target.Types == schema.Array && target.Items != nil {
		if texts, ok := f.wire.textsOf(target.Items, exact); ok {
			list := *target
			list.Location, list.Items = "", texts
			return &list
		}
	}
	return s
}

// isBytes tells whether a part is neither text nor JSON: nothing is said of it, or it is binary.
func isBytes(s *schema.Schema) bool {
	if s.Never || s.HasEnum || s.Not != nil || s.If != nil || len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) > 0 || !anything(s) {
		return false
	}
	return s.Types == 0 && len(s.Properties)+len(s.Required) == 0 && s.Items == nil || s.Types == schema.String && s.Format == "binary"
}
