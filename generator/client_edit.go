package generator

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/msgen/msgen/kit"
)

// clientEdits are the changes to the code of oapi-codegen for what it has no words for: methods that no path item of
// OpenAPI 3.0 has, whole query strings, and forms as the server reads them.
type clientEdits struct {
	methods []string              // by the number in the marker that the path begins with
	queries map[string]string     // of the operations with a whole query string: its kind
	forms   map[string]clientForm // by operation
}

// clientForm is the form that an operation takes.
type clientForm struct {
	goType  string // in the package of the client
	members string // that have a style of their own, as an expression
}

// queryMarker is the name of a parameter that stands for the whole query string.
const queryMarker = "msgen-querystring"

// methodMarker is what the path of an operation begins with whose method oapi-codegen does not know.
func (e *clientEdits) methodMarker(method string) string {
	e.methods = append(e.methods, method)
	return fmt.Sprintf("/msgen-method-%d", len(e.methods)-1)
}

// form remembers the form of an operation.
func (e *clientEdits) form(id, goType string, content *Content) {
	var members strings.Builder
	for _, part := range content.Parts {
		if style := paramStyles[part.Style]; style != "" && (part.Style != "form" || !part.Explode) {
			fmt.Fprintf(&members, "{Name: %s, Style: %s, Explode: %t}, ", GoString(part.Name), style, part.Explode)
		}
	}
	text := "nil"
	if members.Len() > 0 {
		text = "[]param.Spec{" + strings.TrimSuffix(members.String(), ", ") + "}"
	}
	e.forms[id] = clientForm{goType, text}
}

var (
	markedPath   = regexp.MustCompile(`"/msgen-method-(\d+)/`)
	markedJSON   = regexp.MustCompile(`if queryParamBuf, err := json\.Marshal\((.+)\); err != nil \{\s*return nil, err\s*\} else \{\s*queryValues\.Add\("` + queryMarker + `", string\(queryParamBuf\)\)\s*\}`)
	markedText   = regexp.MustCompile(`queryValues\.Add\("` + queryMarker + `", (.+)\)`)
	emptyForm    = regexp.MustCompile(`(?m)^type (\w+)FormdataBody = struct \{\s*\}`)
	newRequest   = regexp.MustCompile(`(?m)^func New(\w+?)Request(?:With\w*Body)?\(`)
	methodOfCall = regexp.MustCompile(`http\.NewRequest\(http\.MethodPost, `)
)

// apply changes the code, function by function.
func (e *clientEdits) apply(code string) (string, error) {
	code = emptyForm.ReplaceAllStringFunc(code, func(declaration string) string {
		id := emptyForm.FindStringSubmatch(declaration)[1]
		if e.forms[id].goType == "" {
			return declaration
		}
		return "type " + id + "FormdataBody = " + e.forms[id].goType
	})
	var b strings.Builder
	starts := newRequest.FindAllStringSubmatchIndex(code, -1)
	done, marked := 0, 0
	for i, at := range starts {
		end := len(code)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		b.WriteString(code[done:at[0]])
		body := code[at[0]:end]
		if m := markedPath.FindStringSubmatch(body); m != nil {
			marked++
			number, _ := strconv.Atoi(m[1]) // digits
			body = strings.Replace(body, m[0], `"/`, 1)
			body = methodOfCall.ReplaceAllLiteralString(body, "http.NewRequest("+GoString(e.methods[number])+", ")
		}
		b.WriteString(e.request(code[at[2]:at[3]], body))
		done = end
	}
	b.WriteString(code[done:])
	if marked != len(e.methods) || strings.Contains(b.String(), queryMarker) || strings.Contains(b.String(), "runtime.MarshalForm") {
		return "", errors.New("the code of oapi-codegen is not as expected; this is a fault of msgen")
	}
	return b.String(), nil
}

// request changes the function that makes the requests of an operation.
func (e *clientEdits) request(id, body string) string {
	const fragment = "rawQueryFragments = append(rawQueryFragments, "
	if e.queries[id] == kindSuffix[Form] {
		body = markedJSON.ReplaceAllString(body, "if queryForm, err := param.WriteForm($1, nil); err != nil {\nreturn nil, err\n} else {\n"+fragment+"queryForm)\n}")
	}
	body = markedJSON.ReplaceAllString(body, "if queryParamBuf, err := json.Marshal($1); err != nil {\nreturn nil, err\n} else {\n"+fragment+"param.WriteQuery(string(queryParamBuf)))\n}")
	body = markedText.ReplaceAllString(body, fragment+"param.WriteQuery($1))")
	if form, ok := e.forms[id]; ok {
		body = strings.ReplaceAll(body, "runtime.MarshalForm(body, nil)", "param.WriteForm(body, "+form.members+")")
		body = strings.ReplaceAll(body, "bodyStr.Encode()", "bodyStr")
	}
	return body
}

// paramImport is the import path of kit's package param in the service that a client stands in.
func (o ModelOptions) paramImport() string {
	if o.KitImport == "" {
		return kit.Import + "/param"
	}
	return o.KitImport + "/param"
}
