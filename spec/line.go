package spec

// Line returns the line of the contract at which the node starts, without its end; long lines are cut around it.
func (n *Node) Line() string {
	if n == nil {
		return ""
	}
	return n.file().line(n.Position())
}
