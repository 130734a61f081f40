package compile

// codecs writes decoders and encoders.
type codecs struct {
	options Options
}

func newCodecs(o Options) *codecs { return &codecs{options: o} }

func (c *codecs) source() ([]byte, error) { return nil, nil }

// UseModels makes the types of the models' source known to Decoder and Encoder.
func (u *Unit) UseModels(src []byte) error { return nil }

// Decoder returns a Go expression of type func([]byte, *T) error that decodes validated JSON, for the type as it is
// written in the generated package.
func (u *Unit) Decoder(goType string) string { return "nil" }

// Encoder returns a Go expression of type func([]byte, *T) ([]byte, error) that appends the JSON of a value.
func (u *Unit) Encoder(goType string) string { return "nil" }
