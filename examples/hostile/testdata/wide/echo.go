package wide

import (
	"encoding/json"
	"io"

	serverv1 "example.com/wide/internal/server/v1"
)

// echo is what an operation read.
func echo(req any) (json.RawMessage, error) {
	switch r := req.(type) {
	case serverv1.BytesRequest:
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			return nil, err
		}
		req = n
	case serverv1.UploadRequest:
		files := map[string]int64{}
		for file, err := range r.Files {
			if err != nil {
				return nil, err
			}
			n, err := io.Copy(io.Discard, file)
			if err != nil {
				return nil, err
			}
			files[file.Filename] = n
		}
		req = map[string]any{"fields": r.Body, "files": files}
	}
	return json.Marshal(req)
}
