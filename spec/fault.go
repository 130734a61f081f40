package spec

// NewDiagnostic makes a diagnostic at the place of n, for what other packages find wrong with a contract.
func NewDiagnostic(n *Node, severity Severity, rule, message, remedy string) Diagnostic {
	return faultAt(n, severity, rule, message, remedy)
}
