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
func (s *schemas) sameText(media, side string, sender, receiver *schema.Schema) bool {
	if !asText(media) {
		return false
	}
	sent, read := sender.Target(), receiver.Target()
	if sent == nil || read == nil {
		return false
	}
	if strings.HasPrefix(media, "text/") {
		answer, _ := s.texts(side, sender, receiver, parameter{}, parameter{})
		return answer == schema.Yes
	}
	a, ok := s.wire.formTexts(sent, false)
	if !ok {
		return false
	}
	b, ok := s.wire.formTexts(read, true)
	return ok && schema.Subset(a, b, s.options(side)).Answer == schema.Yes
}

// formTexts replaces the members of a form by their texts, one by one or in arrays; members that have no text are kept.
func (w *wire) formTexts(s *schema.Schema, exact bool) (*schema.Schema, bool) {
	if s.Types != schema.Object || s.HasEnum || len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) > 0 || s.Not != nil || s.If != nil ||
		len(s.PatternProperties) > 0 || len(s.DependentSchemas) > 0 || s.UnevaluatedProperties != nil {
		return nil, false
	}
	form := *s
	form.Location = ""
	form.Properties = make([]schema.Property, len(s.Properties))
	for i, p := range s.Properties {
		form.Properties[i] = schema.Property{Name: p.Name, Schema: w.memberTexts(p.Schema, exact)}
	}
	return &form, true
}

func (w *wire) memberTexts(s *schema.Schema, exact bool) *schema.Schema {
	target := s.Target()
	if target == nil || target.ReadOnly || target.WriteOnly {
		return s
	}
	if texts, ok := w.textsOf(target, exact); ok {
		return texts
	}
	if target.Types == schema.Array && target.Items != nil {
		if texts, ok := w.textsOf(target.Items, exact); ok {
			list := *target
			list.Location, list.Items = "", texts
			return &list
		}
	}
	return s
}
