package content

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/tinylib/msgp/msgp"
)

// appendMsgpack appends one JSON value, which must be well-formed, as MessagePack. Integers stay integers as far as 64
// bits hold them; other numbers become float64.
func appendMsgpack(dst, doc []byte) ([]byte, error) {
	p := packer{dst: dst, doc: doc}
	p.space()
	if err := p.value(0); err != nil {
		return dst, err
	}
	return p.dst, nil
}

var errJSON = errors.New("is not JSON")

// packer reads JSON and appends MessagePack.
type packer struct {
	dst, doc []byte
	pos      int
}

func (p *packer) space() {
	for p.pos < len(p.doc) && (p.doc[p.pos] == ' ' || p.doc[p.pos] == '\n' || p.doc[p.pos] == '\t' || p.doc[p.pos] == '\r') {
		p.pos++
	}
}

func (p *packer) peek() byte {
	if p.pos < len(p.doc) {
		return p.doc[p.pos]
	}
	return 0
}

// value packs the value at the position and moves behind it and the white space that follows.
func (p *packer) value(depth int) error {
	defer p.space()
	switch c := p.peek(); c {
	case '{', '[':
		if depth > maxPacked {
			return errors.New("is nested too deeply")
		}
		return p.container(depth, c)
	case '"':
		return p.text()
	case 't', 'f':
		p.dst = msgp.AppendBool(p.dst, c == 't')
		p.pos += len("true")
		if c == 'f' {
			p.pos++
		}
	case 'n':
		p.dst = msgp.AppendNil(p.dst)
		p.pos += len("null")
	default:
		return p.number()
	}
	return nil
}

// maxPacked bounds the nesting of what is packed: responses nest deeper than requests may.
const maxPacked = 1000

// container packs an object or array. Its header, which holds the number of members, is written behind them and moved
// to the front, because JSON does not tell the number.
func (p *packer) container(depth int, open byte) error {
	start := len(p.dst)
	end := open + 2 // '}' and ']' stand two behind '{' and '['
	p.pos++
	p.space()
	count := 0
	for ; p.peek() != end; count++ {
		if count > 0 {
			if p.peek() != ',' {
				return errJSON
			}
			p.pos++
			p.space()
		}
		if open == '{' {
			if p.peek() != '"' {
				return errJSON
			}
			if err := p.text(); err != nil {
				return err
			}
			p.space()
			if p.peek() != ':' {
				return errJSON
			}
			p.pos++
			p.space()
		}
		if err := p.value(depth + 1); err != nil {
			return err
		}
	}
	p.pos++
	var space [5]byte
	header := msgp.AppendArrayHeader(space[:0], uint32(count))
	if open == '{' {
		header = msgp.AppendMapHeader(space[:0], uint32(count))
	}
	p.dst = append(p.dst, header...)
	copy(p.dst[start+len(header):], p.dst[start:len(p.dst)-len(header)])
	copy(p.dst[start:], header)
	return nil
}

// text packs a string.
func (p *packer) text() error {
	start, plain := p.pos, true
	for p.pos++; ; p.pos++ {
		switch p.peek() {
		case 0:
			return errJSON
		case '\\':
			plain = false
			p.pos++
			continue
		case '"':
		default:
			continue
		}
		break
	}
	p.pos++
	if plain {
		p.dst = msgp.AppendStringFromBytes(p.dst, p.doc[start+1:p.pos-1])
		return nil
	}
	var s string
	if err := json.Unmarshal(p.doc[start:p.pos], &s); err != nil {
		return errJSON
	}
	p.dst = msgp.AppendString(p.dst, s)
	return nil
}

// number packs a number.
func (p *packer) number() error {
	start := p.pos
	for p.pos < len(p.doc) && (p.doc[p.pos] >= '0' && p.doc[p.pos] <= '9' || p.doc[p.pos] == '-' || p.doc[p.pos] == '+' ||
		p.doc[p.pos] == '.' || p.doc[p.pos]|0x20 == 'e') {
		p.pos++
	}
	text := string(p.doc[start:p.pos])
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		p.dst = msgp.AppendInt64(p.dst, n)
		return nil
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		p.dst = msgp.AppendUint64(p.dst, n)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return errJSON
	}
	p.dst = msgp.AppendFloat64(p.dst, f)
	return nil
}
