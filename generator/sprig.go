package generator

import (
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// pureSprig lists the functions of sprig that templates may use: those whose result depends on nothing but their
// arguments. Its hermetic map still holds randInt, shuffle, ago, keys in map order and makers of keys and certificates.
var pureSprig = []string{
	"add", "add1", "append", "camelcase", "cat", "coalesce", "concat", "contains", "default", "dict", "empty", "first", "get",
	"has", "hasKey", "hasPrefix", "hasSuffix", "indent", "initial", "join", "kebabcase", "last", "list", "lower", "max", "min",
	"nindent", "not", "prepend", "repeat", "replace", "rest", "reverse", "set", "slice", "snakecase", "sortAlpha", "splitList",
	"sub", "substr", "ternary", "title", "trim", "trimAll", "trimPrefix", "trimSuffix", "trunc", "uniq", "upper", "until",
	"untitle", "without", "wrap", "wrapWith",
}

// functions are what a template can call: the pure functions of sprig and the sinks.
func functions() template.FuncMap {
	all := sprig.HermeticTxtFuncMap()
	allowed := template.FuncMap{}
	for _, name := range pureSprig {
		if f, ok := all[name]; ok {
			allowed[name] = f
		}
	}
	for name, f := range sinks {
		allowed[name] = f
	}
	return allowed
}
