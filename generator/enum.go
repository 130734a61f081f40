package generator

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/msgen/msgen/spec"
)

// maxConstants bounds the values of an enum that get constants; a longer list is data, not a type.
const maxConstants = 1000

// enum makes a type with constants of scalar values of one kind; other values stay what their type is.
func (d *declaration) enum(values []*spec.Node, names []string) typeExpr {
	for _, keyword := range []string{"x-enum-varnames", "x-enumNames"} {
		if list := d.schemas[0].Get(keyword).Items(); len(list) == len(values) {
			names = nil
			for _, name := range list {
				names = append(names, name.Text())
			}
		}
	}
	var types jsonTypes
	for _, value := range values {
		types |= kindBit(value)
	}
	if types&nullBit != 0 {
		d.shape.nullable = true
	}
	types &^= nullBit
	base, ok := d.enumBase(types)
	if !ok {
		return d.named(typeExpr{kind: rawKind})
	}
	if base.Go == "" {
		d.shape.hasEnum, d.shape.unions = false, nil
		return d.make()
	}
	constants := enumValues(base, values, names)
	if base.Type == "integer" && len(constants) == 0 {
		return d.named(typeExpr{kind: rawKind})
	}
	if base == boolType || len(constants) == 0 || len(constants) > maxConstants {
		return d.named(scalar(base))
	}
	t := d.open(enumModel)
	t.base, t.values, t.pending = base, constants, false
	return typeExpr{kind: namedKind, named: t}
}

// enumBase finds the Go type of values of these JSON types. It is empty when the values contradict the declared type,
// and there is none when they have several types.
func (d *declaration) enumBase(types jsonTypes) (base scalarType, ok bool) {
	declared := d.shape.types
	numeric := types != 0 && types&^(numberBit|integerBit) == 0
	switch {
	case types == 0 || !numeric && declared != 0 && types&declared == 0:
		return scalarType{}, true
	case types == stringBit:
		return stringType, true
	case types == boolBit:
		return boolType, true
	case numeric && declared&^integerBit == 0 && (declared != 0 || types == integerBit):
		return scalarOf("integer", d.shape.format), true
	case numeric && declared&^(numberBit|integerBit) == 0:
		return floatType, true
	case numeric && declared&(numberBit|integerBit) == 0:
		return scalarType{}, true
	}
	return scalarType{}, false
}

// enumValues names the values, without those that Go can't have as a constant of the type.
func enumValues(base scalarType, values []*spec.Node, names []string) []modelValue {
	var constants []modelValue
	seen := map[string]bool{}
	for i, value := range values {
		c := modelValue{value: value.Value()}
		key := value.Text()
		switch value.Kind() {
		case spec.String:
			if strings.ContainsFunc(key, unicode.IsControl) || strings.ContainsRune(key, '\ufeff') {
				continue
			}
		case spec.Number:
			number, ok := new(big.Rat).SetString(key)
			if len(key) > 40 || !ok || base.Type == "integer" && !fitsInteger(number, base) {
				return nil
			}
			key = number.RatString()
			if base.Type == "integer" {
				c.value = json.Number(key)
			}
		default:
			continue
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		if i < len(names) {
			c.suffix = nameSuffix(names[i])
		}
		if c.suffix == "" {
			c.suffix = valueSuffix(value)
		}
		constants = append(constants, c)
	}
	return constants
}

// valueSuffix names a constant after its value.
func valueSuffix(value *spec.Node) string {
	if value.Kind() == spec.Number {
		return nameSuffix(value.Text())
	}
	text := value.Text()
	if strings.TrimSpace(text) == "" {
		return "Empty"
	}
	if suffix := nameSuffix(text); suffix != "" {
		return suffix
	}
	return "Value"
}

// fitsInteger tells whether the number is one of the Go type's.
func fitsInteger(number *big.Rat, base scalarType) bool {
	if !number.IsInt() {
		return false
	}
	bits := 64
	if at := strings.IndexAny(base.Go, "0123456789"); at >= 0 {
		bits, _ = strconv.Atoi(base.Go[at:])
	}
	if strings.HasPrefix(base.Go, "u") {
		return number.Sign() >= 0 && number.Num().BitLen() <= bits
	}
	return number.Num().BitLen() < bits
}
