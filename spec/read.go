package spec

import "context"

// ReadFile reads the file that ref names, as Load would, without parsing it; name is what diagnostics call it. The error
// is fs.ErrNotExist for a file that a git revision does not have.
func ReadFile(ctx context.Context, ref string, o Options) (name string, data []byte, err error) {
	src, id, err := sourceOf(ctx, ref, o)
	if err != nil {
		return "", nil, err
	}
	data, err = src.read(ctx, id)
	return src.name(id), data, err
}
