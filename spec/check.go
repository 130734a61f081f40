package spec

// check reports the faults of structure and the references without target.
func (d *Document) check() Diagnostics { return nil }
