package spec

// editions is a set of versions.
type editions uint8

const (
	v20 editions = 1 << iota
	v30
	v31
	v32
	v3    = v30 | v31 | v32
	v31up = v31 | v32
	all   = v20 | v3
)

func (v Version) edition() editions { return 1 << (v - 1) }

// kinds is a set of Kinds.
type kinds uint8

func one(k Kind) kinds { return 1 << k }

const (
	isBool   = kinds(1 << Bool)
	isNumber = kinds(1 << Number)
	isString = kinds(1 << String)
	isArray  = kinds(1 << Array)
	isObject = kinds(1 << Object)
	isAny    = kinds(0xff)
)

// shape is what the value of a key looks like.
type shape struct {
	kinds kinds
	// object names the grammar of the value, or of its items or members when list or dict is set.
	object string
	list   bool
	dict   bool
	items  kinds // of an array without object
	count  bool  // a number that is a non-negative integer
	oneOf  []string
}

var (
	anything = shape{kinds: isAny}
	text     = shape{kinds: isString}
	boolean  = shape{kinds: isBool}
	number   = shape{kinds: isNumber}
	count    = shape{kinds: isNumber, count: true}
	texts    = shape{kinds: isArray, items: isString}
	values   = shape{kinds: isArray}
	free     = shape{kinds: isObject}
	scopes   = shape{kinds: isObject, dict: true}
)

func object(name string) shape { return shape{kinds: isObject, object: name} }
func list(name string) shape   { return shape{kinds: isArray, object: name, list: true} }
func dict(name string) shape   { return shape{kinds: isObject, object: name, dict: true} }
func choice(of ...string) shape {
	return shape{kinds: isString, oneOf: of}
}

// field is a key of an object: what its value is, in which editions it stands and in which it must.
type field struct {
	key  string
	is   shape
	in   editions
	must editions
}

// kind is an object of the specification. In a dictionary by pattern, keys say what members are.
type kind struct {
	words  string // in a message: "an operation"
	fields []field
	refs   editions // where a Reference Object may stand instead
	open   editions // where unknown keys are legal
	extra  func(c *checker, n *Node)
	other  shape // of keys that are not fields and do not begin with x-
}

var (
	parameterStyles = choice("matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject", "cookie")
	collections     = choice("csv", "ssv", "tsv", "pipes", "multi")
)
