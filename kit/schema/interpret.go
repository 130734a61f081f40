package schema

// in checks a part of a value.
func (e *interpreter) in(at step, i int, t *tree) bool {
	e.path = append(e.path, at)
	_, ok := e.check(i, t)
	e.path = e.path[:len(e.path)-1]
	return ok
}

func (e *interpreter) array(n *node, t *tree, m *marks) bool {
	ok := true
	switch {
	case len(t.items) < n.MinItems:
		ok = e.fail("minItems", "must have at least "+plural(n.MinItems, "item"))
	case n.MaxItems != nil && len(t.items) > *n.MaxItems:
		ok = e.fail("maxItems", "must have at most "+plural(*n.MaxItems, "item"))
	}
	for i, item := range t.items {
		switch {
		case i < len(n.Prefix):
			ok = e.in(step{index: i}, n.Prefix[i], item) && ok
			m.prefix = max(m.prefix, i+1)
		case n.Items != nil:
			ok = e.in(step{index: i}, *n.Items, item) && ok
			m.allItems = true
		}
	}
	if n.Contains != nil {
		ok = e.contains(n, t, m) && ok
	}
	if n.Unique {
		for i := range t.items {
			for j := range i {
				if t.items[i].equal(t.items[j]) {
					return e.fail("uniqueItems", "must not hold the same item twice")
				}
			}
		}
	}
	return ok
}

func (e *interpreter) contains(n *node, t *tree, m *marks) bool {
	least, matches := 1, 0
	if n.MinContains != nil {
		least = *n.MinContains
	}
	for i, item := range t.items {
		if _, ok := e.try(*n.Contains, item); ok {
			matches++
			m.item(i)
		}
	}
	switch {
	case matches < least:
		return e.fail("contains", "too few items are of the kind that must be in it")
	case n.MaxContains != nil && matches > *n.MaxContains:
		return e.fail("maxContains", "too many items are of a kind that is limited")
	}
	return true
}

func (e *interpreter) object(n *node, t *tree, m *marks) bool {
	ok := true
	switch {
	case len(t.keys) < n.MinProperties:
		ok = e.fail("minProperties", "must have at least "+plural(n.MinProperties, "member"))
	case n.MaxProperties != nil && len(t.keys) > *n.MaxProperties:
		ok = e.fail("maxProperties", "must have at most "+plural(*n.MaxProperties, "member"))
	}
	for _, name := range n.Required {
		if t.members[name] == nil {
			ok = e.fail("required", "member "+quote(name)+" is missing")
		}
	}
	for name, required := range n.Requires {
		for _, other := range required {
			if t.members[name] != nil && t.members[other] == nil {
				ok = e.fail("dependentRequired", "a member that "+quote(name)+" requires is missing")
			}
		}
	}
	for _, key := range t.keys {
		ok = e.member(n, key, t.members[key], m) && ok
	}
	return ok
}

func (e *interpreter) member(n *node, key string, value *tree, m *marks) bool {
	ok, known := true, false
	if n.Names != nil {
		if _, fits := e.try(*n.Names, &tree{kind: KindString, text: []byte(key)}); !fits {
			ok = e.fail("propertyNames", "the name of a member is not allowed")
		}
	}
	at := step{key: key, named: true}
	if i, declared := n.Properties[key]; declared {
		known = true
		ok = e.in(at, i, value) && ok
	}
	for _, p := range n.Patterns {
		if matchAll(p.Match, []byte(key)) {
			known = true
			ok = e.in(at, p.Value, value) && ok
		}
	}
	if !known && n.Additional != nil {
		known = true
		ok = e.in(at, *n.Additional, value) && ok
	}
	if known {
		m.member(key)
	}
	return ok
}

func (e *interpreter) applicators(n *node, t *tree, m *marks) bool {
	ok := true
	apply := func(i int) {
		sub, fits := e.check(i, t)
		m.merge(sub)
		ok = ok && fits
	}
	if n.Ref != nil {
		apply(*n.Ref)
	}
	if n.Dynamic != nil {
		apply(e.dynamic(n))
	}
	for _, i := range n.All {
		apply(i)
	}
	if len(n.Any) > 0 && e.count(n.Any, t, m) == 0 {
		ok = e.fail("anyOf", "fits none of the alternatives")
	}
	if len(n.One) > 0 {
		switch e.count(n.One, t, m) {
		case 0:
			ok = e.fail("oneOf", "fits none of the alternatives")
		case 1:
		default:
			ok = e.fail("oneOf", "fits more than one of the alternatives of which it must fit one")
		}
	}
	if n.Not != nil {
		if _, fits := e.try(*n.Not, t); fits {
			ok = e.fail("not", "is of a kind that is not allowed")
		}
	}
	if n.If == nil {
		return ok
	}
	branch := n.Else
	sub, fits := e.try(*n.If, t)
	if fits {
		m.merge(sub)
		branch = n.Then
	}
	if branch != nil {
		apply(*branch)
	}
	return ok
}

// dynamic finds the target of a $dynamicRef: the outermost resource on the way that has the anchor (JSON Schema 2020-12
// core section 8.2.3.2).
func (e *interpreter) dynamic(n *node) int {
	if n.Name != "" {
		for _, resource := range e.scope {
			if i, ok := e.schema.Anchors[resource][n.Name]; ok {
				return i
			}
		}
	}
	return *n.Dynamic
}

// count returns how many branches fit; all are tried, since each may evaluate something.
func (e *interpreter) count(branches []int, t *tree, m *marks) int {
	matches := 0
	for _, i := range branches {
		if sub, fits := e.try(i, t); fits {
			m.merge(sub)
			matches++
		}
	}
	return matches
}

func (e *interpreter) dependent(n *node, t *tree, m *marks) bool {
	ok := true
	for name, i := range n.Dependent {
		if t.kind == KindObject && t.members[name] != nil {
			sub, fits := e.check(i, t)
			m.merge(sub)
			ok = ok && fits
		}
	}
	return ok
}

// rest checks what nothing has evaluated.
func (e *interpreter) rest(n *node, t *tree, m *marks) bool {
	ok := true
	if n.Rest != nil && t.kind == KindObject {
		for _, key := range t.keys {
			if !m.members[key] {
				ok = e.in(step{key: key, named: true}, *n.Rest, t.members[key]) && ok
				m.member(key)
			}
		}
	}
	if n.RestItems != nil && t.kind == KindArray {
		for i, item := range t.items {
			if !m.allItems && i >= m.prefix && !m.items[i] {
				ok = e.in(step{index: i}, *n.RestItems, item) && ok
			}
		}
		m.allItems = true
	}
	return ok
}
