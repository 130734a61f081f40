package generator

import (
	"fmt"
	"go/ast"
	"go/parser"
	"strings"
)

// GoExpr returns text when it is exactly one Go expression. Text of a contract is only in its string literals.
func GoExpr(text string) (string, error) {
	if _, err := parser.ParseExpr(text); err != nil {
		return "", fmt.Errorf("%.200q is no Go expression: %w", text, err)
	}
	return text, nil
}

// GoType returns text when it is a Go type without function literals, comments or line breaks.
func GoType(text string) (string, error) {
	expr, err := parser.ParseExpr(text)
	if err != nil || strings.ContainsAny(text, "\n\"`") || strings.Contains(text, "//") || strings.Contains(text, "/*") {
		return "", fmt.Errorf("%.200q is no Go type", text)
	}
	legal := true
	ast.Inspect(expr, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Ident, *ast.SelectorExpr, *ast.ArrayType, *ast.MapType, *ast.StarExpr, *ast.InterfaceType, *ast.FieldList,
			*ast.IndexExpr, *ast.StructType:
		default:
			legal = false
		}
		return legal
	})
	if !legal {
		return "", fmt.Errorf("%.200q is no Go type", text)
	}
	return text, nil
}
