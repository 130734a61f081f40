package schema

import (
	"slices"
)

func (e *evaluator) checkObject(s *Schema, v any, sender bool) verdict {
	object, ok := v.(map[string]any)
	if !ok {
		return valid
	}
	if s.MinProperties != nil && len(object) < *s.MinProperties || s.MaxProperties != nil && len(object) > *s.MaxProperties {
		return invalid
	}
	for _, name := range requiredIn(s, e.direction) {
		if _, ok := object[name]; !ok {
			return invalid
		}
	}
	for _, d := range s.DependentRequired {
		if _, ok := object[d.Name]; !ok {
			continue
		}
		for _, name := range d.Required {
			if _, ok := object[name]; !ok {
				return invalid
			}
		}
	}
	result := valid
	for _, d := range s.DependentSchemas {
		if _, ok := object[d.Name]; ok {
			result = min(result, e.check(d.Schema, v, sender))
		}
	}
	for _, name := range sortedKeys(object) {
		if result == invalid {
			return invalid
		}
		result = min(result, e.checkMember(s, name, object[name], sender))
	}
	return result
}

func (e *evaluator) checkMember(s *Schema, name string, v any, sender bool) verdict {
	result := valid
	if s.PropertyNames != nil {
		result = e.check(s.PropertyNames, name, false)
	}
	subs, ambiguous := e.membersOf(s, name)
	for _, sub := range subs {
		if !travels(sub, e.direction) {
			if sender {
				return invalid
			}
			continue
		}
		result = min(result, e.check(sub, v, sender))
	}
	if ambiguous {
		result = min(result, undecided)
	}
	return result
}

// membersOf returns the schemas of s that apply to a member of the given name.
func (e *evaluator) membersOf(s *Schema, name string) (subs []*Schema, ambiguous bool) {
	if sub := s.Property(name); sub != nil {
		subs = append(subs, sub)
	}
	for _, pp := range s.PatternProperties {
		switch e.matches(pp.Name, name) {
		case valid:
			subs = append(subs, pp.Schema)
		case undecided:
			ambiguous = true
		}
	}
	if len(subs) == 0 && s.AdditionalProperties != nil {
		subs = append(subs, s.AdditionalProperties)
	}
	return subs, ambiguous
}

func (e *evaluator) checkArray(s *Schema, v any, sender bool) verdict {
	array, ok := v.([]any)
	if !ok {
		return valid
	}
	if s.MinItems != nil && len(array) < *s.MinItems || s.MaxItems != nil && len(array) > *s.MaxItems {
		return invalid
	}
	if s.UniqueItems && !distinct(array) {
		return invalid
	}
	result := valid
	for i, item := range array {
		sub := s.Items
		if i < len(s.PrefixItems) {
			sub = s.PrefixItems[i]
		}
		if sub != nil && result != invalid {
			result = min(result, e.check(sub, item, sender))
		}
	}
	if s.Contains != nil && result != invalid {
		result = min(result, e.checkContains(s, array, sender))
	}
	return result
}

func (e *evaluator) checkContains(s *Schema, array []any, sender bool) verdict {
	yes, maybe := 0, 0
	for _, item := range array {
		switch e.check(s.Contains, item, sender) {
		case valid:
			yes++
		case undecided:
			maybe++
		}
	}
	least := 1
	if s.MinContains != nil {
		least = *s.MinContains
	}
	most := len(array)
	if s.MaxContains != nil {
		most = *s.MaxContains
	}
	switch {
	case yes+maybe < least || yes > most:
		return invalid
	case yes < least || yes+maybe > most:
		return undecided
	}
	return valid
}

func distinct(array []any) bool {
	seen := make(map[string]bool, len(array))
	for _, item := range array {
		text := canonicalText(item)
		if seen[text] {
			return false
		}
		seen[text] = true
	}
	return true
}

// applied is what the schemas at one place say about the members and items of a value.
type applied struct {
	declares bool // some schema declares members
	open     bool // some schema speaks of all members
	names    map[string][]*Schema
	items    map[int][]*Schema
	allItems bool
	unsure   bool
}

// collect gathers what s, whose set v is in, applies to the members of v.
func (e *evaluator) collect(s *Schema, v any, into *applied) {
	if e.depth++; e.depth > maxEvaluationDepth {
		e.depth--
		into.unsure = true
		return
	}
	defer func() { e.depth-- }()
	if s.Ref != nil {
		e.collect(s.Ref, v, into)
	}
	if s.DynamicRef != nil {
		e.collect(s.DynamicRef, v, into)
	}
	for _, b := range s.AllOf {
		e.collect(b, v, into)
	}
	for _, list := range [][]*Schema{e.anyOf(s), e.oneOf(s)} {
		for _, b := range list {
			if e.check(b, v, false) == valid {
				e.collect(b, v, into)
			}
		}
	}
	if s.If != nil {
		branch := s.Else
		if e.check(s.If, v, false) == valid {
			e.collect(s.If, v, into)
			branch = s.Then
		}
		if branch != nil {
			e.collect(branch, v, into)
		}
	}
	switch value := v.(type) {
	case map[string]any:
		e.collectMembers(s, value, into)
	case []any:
		e.collectItems(s, value, into)
	}
}

func (e *evaluator) collectMembers(s *Schema, object map[string]any, into *applied) {
	into.declares = into.declares || len(s.Properties)+len(s.PatternProperties) > 0
	into.open = into.open || s.AdditionalProperties != nil || s.UnevaluatedProperties != nil
	for _, d := range s.DependentSchemas {
		if _, ok := object[d.Name]; ok {
			e.collect(d.Schema, object, into)
		}
	}
	for name := range object {
		subs, ambiguous := e.membersOf(s, name)
		into.unsure = into.unsure || ambiguous
		if len(subs) == 0 && (slices.Contains(s.Required, name) || dependent(s, name)) {
			subs = []*Schema{anyMember}
		}
		if len(subs) > 0 {
			into.names[name] = append(into.names[name], subs...)
		}
	}
}

// anyMember stands for a member that is required and not declared.
var anyMember = &Schema{}

func dependent(s *Schema, name string) bool {
	for _, d := range s.DependentRequired {
		if slices.Contains(d.Required, name) {
			return true
		}
	}
	return false
}

func (e *evaluator) collectItems(s *Schema, array []any, into *applied) {
	into.allItems = into.allItems || s.Items != nil || s.UnevaluatedItems != nil
	for i, item := range array {
		sub := s.Items
		if i < len(s.PrefixItems) {
			sub = s.PrefixItems[i]
		}
		if sub != nil {
			into.items[i] = append(into.items[i], sub)
		}
		if s.Contains != nil && e.check(s.Contains, item, false) == valid {
			into.items[i] = append(into.items[i], s.Contains)
		}
	}
}

func newApplied() *applied {
	return &applied{names: map[string][]*Schema{}, items: map[int][]*Schema{}}
}

// declared tells whether a value that the schemas accept has only members that they declare: the sender's reading.
func (e *evaluator) declared(schemas []*Schema, v any) verdict {
	into := newApplied()
	for _, s := range schemas {
		e.collect(s, v, into)
	}
	result := valid
	if into.unsure {
		result = undecided
	}
	switch value := v.(type) {
	case map[string]any:
		for _, name := range sortedKeys(value) {
			subs := into.names[name]
			if len(subs) == 0 && into.declares && !into.open {
				return invalid
			}
			if len(subs) > 0 {
				result = min(result, e.declared(subs, value[name]))
			}
		}
	case []any:
		for i, item := range value {
			if subs := into.items[i]; len(subs) > 0 {
				result = min(result, e.declared(subs, item))
			}
		}
	}
	return result
}

// checkUnevaluated checks unevaluatedProperties and unevaluatedItems (2020-12 section 11).
func (e *evaluator) checkUnevaluated(s *Schema, v any, sender bool) verdict {
	if s.UnevaluatedProperties == nil && s.UnevaluatedItems == nil {
		return valid
	}
	bare := *s
	bare.UnevaluatedProperties, bare.UnevaluatedItems = nil, nil
	bare.Required, bare.DependentRequired = nil, nil // they evaluate nothing
	into := newApplied()
	e.collectStrict(&bare, v, into)
	result := valid
	if into.unsure {
		result = undecided
	}
	switch value := v.(type) {
	case map[string]any:
		if s.UnevaluatedProperties == nil || into.open {
			return result
		}
		for _, name := range sortedKeys(value) {
			if len(into.names[name]) == 0 {
				result = min(result, e.check(s.UnevaluatedProperties, value[name], sender))
			}
		}
	case []any:
		if s.UnevaluatedItems == nil || into.allItems {
			return result
		}
		for i, item := range value {
			if len(into.items[i]) == 0 {
				result = min(result, e.check(s.UnevaluatedItems, item, sender))
			}
		}
	}
	return result
}

// collectStrict is collect without the leniency for required members, which evaluate nothing.
func (e *evaluator) collectStrict(s *Schema, v any, into *applied) {
	e.collect(s, v, into)
	for name, subs := range into.names {
		subs = slices.DeleteFunc(subs, func(sub *Schema) bool { return sub == anyMember })
		if len(subs) == 0 {
			delete(into.names, name)
		}
	}
}
