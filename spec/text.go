package spec

// ParseTree reads a YAML or JSON text that is no contract, such as a configuration file, with the rules for contracts:
// unique keys, valid UTF-8, bounded depth. The error is Diagnostics.
func ParseTree(name string, data []byte) (*Node, error) {
	f, faults := parseFile(name, name, data)
	if f.root == nil || faults.failed() {
		return nil, faults.sorted()
	}
	return f.root, nil
}

// Diagnostic makes a diagnostic at the place of the node.
func (n *Node) Diagnostic(severity Severity, rule, message, remedy string) Diagnostic {
	return faultAt(n, severity, rule, message, remedy)
}

// Text returns the main file of the document as it was read.
func (d *Document) Text() []byte { return []byte(d.main.data) }

// FileCount returns the number of files that the document is made of.
func (d *Document) FileCount() int { return len(d.files) }
