package content

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/msgen/msgen/kit/param"
)

// maxDepth bounds the nesting of MessagePack, like that of JSON.
const maxDepth = 64

// appendJSON appends one MessagePack value as JSON. Binary values become base64 strings and timestamps RFC 3339
// strings; other extensions, keys that are no strings, NaN and infinities have no JSON and are refused.
func appendJSON(dst, value []byte) ([]byte, error) {
	dst, rest, err := appendValue(dst, value, 0)
	if err == nil && len(rest) > 0 {
		err = errors.New("data after the value")
	}
	return dst, err
}

var errMsgpack = errors.New("is not MessagePack")

// appendValue appends the first value and returns what follows it.
func appendValue(dst, b []byte, depth int) (_, rest []byte, err error) {
	if depth > maxDepth {
		return dst, b, fmt.Errorf("is nested deeper than %d levels", maxDepth)
	}
	if len(b) == 0 {
		return dst, b, errMsgpack
	}
	switch t := msgp.NextType(b); t {
	case msgp.MapType:
		return appendMap(dst, b, depth)
	case msgp.ArrayType:
		return appendItems(dst, b, depth)
	case msgp.StrType:
		return appendText(dst, b)
	default:
		dst, rest, err = appendSimple(dst, b, t)
		if err != nil && !errors.Is(err, errUnrepresentable) {
			err = errMsgpack
		}
		return dst, rest, err
	}
}

var errUnrepresentable = errors.New("has a value that JSON can't express")

// appendSimple appends a value that holds no other.
func appendSimple(dst, b []byte, t msgp.Type) (_, rest []byte, err error) {
	switch t {
	case msgp.NilType:
		rest, err = msgp.ReadNilBytes(b)
		return append(dst, "null"...), rest, err
	case msgp.BoolType:
		v, rest, err := msgp.ReadBoolBytes(b)
		return strconv.AppendBool(dst, v), rest, err
	case msgp.IntType:
		v, rest, err := msgp.ReadInt64Bytes(b)
		return strconv.AppendInt(dst, v, 10), rest, err
	case msgp.UintType:
		v, rest, err := msgp.ReadUint64Bytes(b)
		return strconv.AppendUint(dst, v, 10), rest, err
	case msgp.Float32Type:
		v, rest, err := msgp.ReadFloat32Bytes(b)
		return appendFloat(dst, float64(v), 32, rest, err)
	case msgp.Float64Type:
		v, rest, err := msgp.ReadFloat64Bytes(b)
		return appendFloat(dst, v, 64, rest, err)
	case msgp.BinType:
		v, rest, err := msgp.ReadBytesZC(b)
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, v)
		return append(dst, '"'), rest, err
	case msgp.TimeType, msgp.ExtensionType: // at the end of a document msgp takes some timestamps for other extensions
		v, rest, err := msgp.ReadTimeBytes(b)
		if err != nil && t == msgp.ExtensionType {
			err = errUnrepresentable
		}
		if err == nil && (v.Year() < 0 || v.Year() > 9999) {
			err = errUnrepresentable
		}
		dst = append(dst, '"')
		dst = v.UTC().AppendFormat(dst, time.RFC3339Nano)
		return append(dst, '"'), rest, err
	}
	return dst, b, errUnrepresentable
}

func appendFloat(dst []byte, v float64, bits int, rest []byte, err error) ([]byte, []byte, error) {
	if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		err = errUnrepresentable
	}
	return strconv.AppendFloat(dst, v, 'g', -1, bits), rest, err
}

func appendText(dst, b []byte) (_, rest []byte, err error) {
	text, rest, err := msgp.ReadStringZC(b)
	if err != nil {
		return dst, b, errMsgpack
	}
	dst, ok := param.AppendString(dst, string(text))
	if !ok {
		return dst, b, errors.New("has a string that is not UTF-8")
	}
	return dst, rest, nil
}

func appendMap(dst, b []byte, depth int) (_, rest []byte, err error) {
	n, b, err := msgp.ReadMapHeaderBytes(b)
	if err != nil {
		return dst, b, errMsgpack
	}
	dst = append(dst, '{')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		if len(b) == 0 || msgp.NextType(b) != msgp.StrType {
			return dst, b, errors.New("has a key that is no string")
		}
		if dst, b, err = appendText(dst, b); err != nil {
			return dst, b, err
		}
		dst = append(dst, ':')
		if dst, b, err = appendValue(dst, b, depth+1); err != nil {
			return dst, b, err
		}
	}
	return append(dst, '}'), b, nil
}

func appendItems(dst, b []byte, depth int) (_, rest []byte, err error) {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil {
		return dst, b, errMsgpack
	}
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, b, err = appendValue(dst, b, depth+1); err != nil {
			return dst, b, err
		}
	}
	return append(dst, ']'), b, nil
}
