package schema

import "bytes"

// digits2 reads two digits; -1 when there are none.
func digits2(text []byte) int {
	if len(text) < 2 || !isDigit(text[0]) || !isDigit(text[1]) {
		return -1
	}
	return int(text[0]-'0')*10 + int(text[1]-'0')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// Date tells whether text is a full-date of RFC 3339.
func Date(text []byte) bool {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return false
	}
	century, year := digits2(text), digits2(text[2:])
	month, day := digits2(text[5:]), digits2(text[8:])
	if century < 0 || year < 0 || month < 1 || month > 12 || day < 1 {
		return false
	}
	year += century * 100
	days := 31
	switch month {
	case 4, 6, 9, 11:
		days = 30
	case 2:
		days = 28
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			days = 29
		}
	}
	return day <= days
}

// Time tells whether text is a full-time of RFC 3339. A leap second must fall on the end of a day in UTC.
func Time(text []byte) bool {
	if len(text) < 9 || text[2] != ':' || text[5] != ':' {
		return false
	}
	hour, minute, second := digits2(text), digits2(text[3:]), digits2(text[6:])
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return false
	}
	text = text[8:]
	if text[0] == '.' {
		n := countDigits(text, 1)
		if n == 0 {
			return false
		}
		text = text[1+n:]
	}
	offset := 0
	switch {
	case len(text) == 1 && text[0]|0x20 == 'z':
	case len(text) == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':':
		h, m := digits2(text[1:]), digits2(text[4:])
		if h < 0 || h > 23 || m < 0 || m > 59 {
			return false
		}
		if offset = h*60 + m; text[0] == '-' {
			offset = -offset
		}
	default:
		return false
	}
	const day = 24 * 60
	return second < 60 || (hour*60+minute-offset+day)%day == day-1
}

// DateTime tells whether text is a date-time of RFC 3339.
func DateTime(text []byte) bool {
	return len(text) > 11 && text[10]|0x20 == 't' && Date(text[:10]) && Time(text[11:])
}

// Duration tells whether text is a duration of RFC 3339, appendix A.
func Duration(text []byte) bool {
	if len(text) < 3 || text[0] != 'P' {
		return false
	}
	text = text[1:]
	if text[len(text)-1] == 'W' {
		n := countDigits(text, 0)
		return n > 0 && n == len(text)-1
	}
	date, time, timed := text, []byte(nil), false
	if i := bytes.IndexByte(text, 'T'); i >= 0 {
		date, time, timed = text[:i], text[i+1:], true
	}
	return units(date, "YMD") && units(time, "HMS") && (!timed || len(time) > 0)
}

// units reads numbers that are followed by letters: neighbours in letters, in their order.
func units(text []byte, letters string) bool {
	for first := true; len(text) > 0; first = false {
		n := countDigits(text, 0)
		if n == 0 || n == len(text) {
			return false
		}
		for first && letters != "" && letters[0] != text[n] {
			letters = letters[1:]
		}
		if letters == "" || letters[0] != text[n] {
			return false
		}
		letters, text = letters[1:], text[n+1:]
	}
	return true
}

// UUID tells whether text is a UUID (RFC 9562) in its form with hyphens.
func UUID(text []byte) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range text {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isHex(c) {
				return false
			}
		}
	}
	return true
}

// Base64 tells whether text is base64 with padding (RFC 4648 section 4).
func Base64(text []byte) bool {
	if len(text)%4 != 0 {
		return false
	}
	n := len(text)
	for padding := 0; padding < 2 && n > 0 && text[n-1] == '='; padding++ {
		n--
	}
	for _, c := range text[:n] {
		if !isAlpha(c) && !isDigit(c) && c != '+' && c != '/' {
			return false
		}
	}
	return true
}

// IPv4 tells whether text is four decimal numbers with dots between, none of which begins with a needless 0.
func IPv4(text []byte) bool {
	for part := 1; ; part++ {
		n := countDigits(text, 0)
		if n == 0 || n > 3 || n > 1 && text[0] == '0' {
			return false
		}
		value := 0
		for _, c := range text[:n] {
			value = value*10 + int(c-'0')
		}
		if value > 255 {
			return false
		}
		text = text[n:]
		if part == 4 {
			return len(text) == 0
		}
		if len(text) == 0 || text[0] != '.' {
			return false
		}
		text = text[1:]
	}
}

// IPv6 tells whether text is an IPv6 address (RFC 4291 section 2.2) without a zone.
func IPv6(text []byte) bool {
	groups, gap := 0, false
	if bytes.HasPrefix(text, []byte("::")) {
		gap, text = true, text[2:]
		if len(text) == 0 {
			return true
		}
	}
	for {
		n := 0
		for n < len(text) && isHex(text[n]) {
			n++
		}
		if n < len(text) && text[n] == '.' {
			groups += 2
			return IPv4(text) && (groups == 8 && !gap || groups < 8 && gap)
		}
		if n == 0 || n > 4 {
			return false
		}
		groups++
		text = text[n:]
		if len(text) == 0 {
			return groups == 8 && !gap || groups < 8 && gap
		}
		if text[0] != ':' || groups > 7 {
			return false
		}
		text = text[1:]
		if len(text) > 0 && text[0] == ':' {
			if gap {
				return false
			}
			gap, text = true, text[1:]
			if len(text) == 0 {
				return groups < 8
			}
		}
	}
}

// Hostname tells whether text is a host name (RFC 1123 section 2.1).
func Hostname(text []byte) bool {
	return hostname(text, false)
}

// IDNHostname tells whether text has the form of an internationalised host name; the tables of RFC 5892 are not applied.
func IDNHostname(text []byte) bool {
	return hostname(text, true)
}

func hostname(text []byte, international bool) bool {
	if len(text) == 0 || len(text) > 253 {
		return false
	}
	for {
		label, rest, more := bytes.Cut(text, []byte("."))
		if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if len(label) > 3 && label[2] == '-' && label[3] == '-' && !(label[0]|0x20 == 'x' && label[1]|0x20 == 'n') {
			return false
		}
		for _, c := range label {
			if !isAlpha(c) && !isDigit(c) && c != '-' && (!international || c < 0x80) {
				return false
			}
		}
		if !more {
			return true
		}
		text = rest
	}
}

// Email tells whether text is a mailbox (RFC 5321 section 4.1.2).
func Email(text []byte) bool {
	return email(text, false)
}

// IDNEmail tells whether text is a mailbox with international characters (RFC 6531).
func IDNEmail(text []byte) bool {
	return email(text, true)
}

func email(text []byte, international bool) bool {
	at := bytes.LastIndexByte(text, '@')
	if at < 1 || at > 64 {
		return false
	}
	local, domain := text[:at], text[at+1:]
	if local[0] == '"' {
		if !quotedLocal(local, international) {
			return false
		}
	} else if !dotAtom(local, international) {
		return false
	}
	if n := len(domain); n > 2 && domain[0] == '[' && domain[n-1] == ']' {
		address := domain[1 : n-1]
		if len(address) > 5 && string(bytes.ToLower(address[:5])) == "ipv6:" {
			return IPv6(address[5:])
		}
		return IPv4(address)
	}
	return hostname(domain, international)
}

func dotAtom(text []byte, international bool) bool {
	dot := true
	for _, c := range text {
		if c == '.' {
			if dot {
				return false
			}
			dot = true
			continue
		}
		dot = false
		if !isAlpha(c) && !isDigit(c) && bytes.IndexByte([]byte("!#$%&'*+-/=?^_`{|}~"), c) < 0 && (!international || c < 0x80) {
			return false
		}
	}
	return !dot
}

func quotedLocal(text []byte, international bool) bool {
	n := len(text)
	if n < 2 || text[n-1] != '"' {
		return false
	}
	for i := 1; i < n-1; i++ {
		switch c := text[i]; {
		case c == '\\':
			if i++; i >= n-1 || text[i] < ' ' || text[i] > '~' {
				return false
			}
		case c == '"', c < ' ', c == 0x7F, c >= 0x80 && !international:
			return false
		}
	}
	return true
}

// JSONPointer tells whether text is a JSON pointer (RFC 6901).
func JSONPointer(text []byte) bool {
	if len(text) > 0 && text[0] != '/' {
		return false
	}
	for i, c := range text {
		if c == '~' && (i+1 == len(text) || text[i+1] != '0' && text[i+1] != '1') {
			return false
		}
	}
	return true
}

// RelativeJSONPointer tells whether text is a relative JSON pointer (draft-bhutton-relative-json-pointer-00).
func RelativeJSONPointer(text []byte) bool {
	n := countDigits(text, 0)
	if n == 0 || n > 1 && text[0] == '0' {
		return false
	}
	text = text[n:]
	return len(text) == 1 && text[0] == '#' || JSONPointer(text)
}
