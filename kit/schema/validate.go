package schema

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error says what is wrong with one place of a document. It never holds the value.
type Error struct {
	Pointer string // JSON pointer (RFC 6901) of the value
	Keyword string // JSON Schema keyword, or "syntax"
	Detail  string // a short human sentence without a subject
}

// Errors says why a document was refused.
type Errors struct {
	// Syntax tells that the document is not JSON, or beyond the limits (400); otherwise it breaks its schema (422).
	Syntax bool
	List   []Error // never empty
}

func (e *Errors) Error() string {
	first := e.List[0]
	text := first.Detail
	if first.Pointer != "" {
		text = first.Pointer + ": " + text
	}
	if more := len(e.List) - 1; more > 0 {
		text += " (and " + plural(more, "more error") + ")"
	}
	return text
}

// Validate checks a document with f. It returns nil when the document is accepted, which allocates nothing. Members that
// f omits are overwritten with spaces then.
func Validate(data []byte, f Func, limits Limits) *Errors {
	s := acquire(data, limits.withDefaults())
	defer s.release()
	s.space()
	if f(s) && s.end() && !s.exhausted() {
		s.blank()
		return nil
	}
	return s.errorsOf(f)
}

// errorsOf words the errors of a document that was refused.
func (s *Scanner) errorsOf(f Func) *Errors {
	s.reset(s.data)
	s.space()
	if !s.Any() || !s.end() {
		detail := s.bad + " (at byte " + strconv.Itoa(s.badPos) + ")"
		return &Errors{Syntax: true, List: []Error{{Keyword: "syntax", Detail: detail}}}
	}
	s.reset(s.data)
	s.space()
	s.explain = true
	f(s)
	if len(s.errors) == 0 {
		s.errors = []Error{{Keyword: "schema", Detail: "does not match the schema"}}
	}
	return &Errors{List: s.errors}
}

// step is one token of the pointer to the current value.
type step struct {
	at    int    // of a member in the document: position of its name, plus 1
	key   string // of another member
	named bool   // key is set
	index int    // of an item
}

// maxPointer bounds the pointers in errors: names come from the client.
const maxPointer = 256

func (s *Scanner) pointer() string {
	var b strings.Builder
	for _, step := range s.path {
		b.WriteByte('/')
		key := step.key
		switch {
		case step.at > 0:
			name := Scanner{data: s.data, pos: step.at - 1}
			text, _ := name.text()
			key = string(text)
		case !step.named:
			b.WriteString(strconv.Itoa(step.index))
			continue
		}
		key = escapeToken(key)
		if b.Len()+len(key) > maxPointer {
			for len(key) > 0 && (b.Len()+len(key) > maxPointer || !utf8.ValidString(key)) {
				key = key[:len(key)-1]
			}
			b.WriteString(key + "…")
			break
		}
		b.WriteString(key)
	}
	return b.String()
}

// note records an error of the value that has been read. It reports whether to go on.
func (s *Scanner) note(keyword, detail string) bool {
	if !s.explain {
		return false
	}
	e := Error{s.pointer(), keyword, detail}
	for _, known := range s.errors {
		if known == e {
			return true
		}
	}
	if len(s.errors) >= s.limits.Errors {
		return false
	}
	s.errors = append(s.errors, e)
	return true
}

// fail records an error of the value at start and moves behind the value.
func (s *Scanner) fail(start int, keyword, detail string) bool {
	if !s.note(keyword, detail) {
		return false
	}
	return s.skip(start)
}

// skip moves behind the value at start, which is known to be JSON.
func (s *Scanner) skip(start int) bool {
	m := s.mark()
	s.explain = false
	s.pos = start
	ok := s.Any()
	s.restore(m)
	return ok
}

// Wrong refuses the value because it is not of the type (a noun phrase).
func (s *Scanner) Wrong(noun string) bool {
	if !s.explain {
		return false
	}
	article := "a "
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		article = "an "
	}
	return s.fail(s.pos, "type", "must be "+article+noun)
}

// closest words why none of the branches accepts the value: with the errors of the branch that comes closest.
func (s *Scanner) closest(start int, keyword string, fs []Func) bool {
	if !s.explain {
		return false
	}
	pointer := s.pointer()
	before, best, bestScore := s.errors, []Error(nil), -1
	for _, f := range fs {
		m := s.mark()
		s.errors = nil
		if done := s.tried(start, f); !done && len(s.errors) == 0 {
			s.restore(m)
			continue
		}
		s.restore(m)
		if score := distance(s.errors, pointer); bestScore < 0 || score < bestScore {
			best, bestScore = s.errors, score
		}
	}
	s.errors = before
	if len(best) == 0 || bestScore >= wrongType {
		return s.fail(start, keyword, "fits none of the alternatives")
	}
	for _, e := range best {
		if len(s.errors) < s.limits.Errors {
			s.errors = append(s.errors, e)
		}
	}
	return s.skip(start)
}

// The weights of errors that tell that a branch was not meant.
const (
	wrongType = 1000
	wrongTag  = 50
)

// distance estimates how far a value is from a branch that refused it with these errors.
func distance(errors []Error, pointer string) int {
	score := 0
	for _, e := range errors {
		depth := strings.Count(strings.TrimPrefix(e.Pointer, pointer), "/")
		switch {
		case e.Keyword == "type" && depth == 0:
			score += wrongType
		case (e.Keyword == "enum" || e.Keyword == "const") && depth <= 1:
			score += wrongTag
		case e.Keyword == "required" || e.Keyword == "additionalProperties":
			score += 4
		default:
			score += 2
		}
	}
	return score
}
