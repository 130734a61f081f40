package schema

import (
	"encoding/json"
	"errors"
)

var (
	errNotSent  = errors.New("the sender's schema does not accept it")
	errAccepted = errors.New("the receiver's schema accepts it")
)

// Answer is what Subset found out.
type Answer uint8

// The answers of Subset.
const (
	Unknown Answer = iota
	Yes
	No
)

func (a Answer) String() string { return [...]string{"unknown", "yes", "no"}[a] }

// SubsetOptions say how the two schemas are read.
type SubsetOptions struct {
	// Direction of the message: readOnly members don't travel in requests, writeOnly ones not in responses.
	Direction Direction
	// SenderClosed reads the sender's schema closed: members that it does not declare are not sent, unless
	// additionalProperties, patternProperties or unevaluatedProperties say so. An object without any declared member
	// is free-form.
	SenderClosed bool
	// Memo keeps what was found out for the next comparison; nil compares without memory.
	Memo *Memo
	// Budget bounds the work by a number of steps; 0 means 100,000.
	Budget int
}

// Result of a comparison.
type Result struct {
	Answer Answer
	// Witness is a value that the sender's schema accepts and the receiver's does not, confirmed by the Judge, when the
	// answer is No; as json.Unmarshal with UseNumber yields it.
	Witness any
	// Reason tells what could not be decided when the answer is Unknown.
	Reason string
}

// Memo holds what comparisons found out about schemas: goals, patterns, compiled judges. It is not safe for concurrent
// use, and keeps the schemas alive.
type Memo struct {
	sides map[side]*comparison
}

type side struct {
	direction Direction
	closed    bool
}

// comparison is the state shared by the comparisons of one side.
type comparison struct {
	side     side
	prover   *prover
	sender   *Judge
	receiver *Judge
	results  map[[2]*Schema]Result
	budget   int
	tired    int // proofs of one call that used up their budget
	spent    int // steps of one call

	explained map[[2]*Schema]*explanation
	cut       map[*Schema][]part
	combined  map[string]*Schema
}

// NewMemo returns an empty memory.
func NewMemo() *Memo { return &Memo{sides: map[side]*comparison{}} }

const defaultBudget = 100000

func (o SubsetOptions) comparison() *comparison {
	memo := o.Memo
	if memo == nil {
		memo = NewMemo()
	}
	key := side{o.Direction, o.SenderClosed}
	c, ok := memo.sides[key]
	if !ok {
		c = &comparison{side: key, prover: newProver(o.Direction, o.SenderClosed),
			sender: NewJudge(o.Direction, true), receiver: NewJudge(o.Direction, false),
			results: map[[2]*Schema]Result{}, explained: map[[2]*Schema]*explanation{},
			cut: map[*Schema][]part{}, combined: map[string]*Schema{}}
		memo.sides[key] = c
	}
	if c.budget = o.Budget; c.budget <= 0 {
		c.budget = defaultBudget
	}
	return c
}

// Subset tells whether everything that a sender with schema a may send is accepted by a receiver with schema b. It
// answers Yes when that is proved, No with a confirmed witness, and Unknown with the reason.
func Subset(a, b *Schema, o SubsetOptions) Result {
	c := o.comparison()
	c.tired, c.spent = 0, 0
	return c.subset(a, b)
}

// maxTired bounds the proofs of one call of Differences that may use up their budget.
const maxTired = 2

// solve looks for a value of a that is not in b.
func (c *comparison) solve(a, b *Schema) answer {
	if c.tired > maxTired {
		return unsureAnswer("the comparison is too large")
	}
	p := c.prover
	p.begin(c.budget)
	found := p.solve(goal{{a, false, true}, {b, true, false}})
	c.spent += p.steps + p.looks/4
	if p.steps > p.budget || c.spent > 20*c.budget {
		c.tired++
	}
	return found
}

func (c *comparison) subset(a, b *Schema) Result {
	if a == b {
		return Result{Answer: Yes}
	}
	pair := [2]*Schema{a, b}
	if known, ok := c.results[pair]; ok {
		return known
	}
	result := c.conclude(a, b, c.solve(a, b))
	if c.tired <= maxTired {
		c.results[pair] = result
	}
	return result
}

func (c *comparison) conclude(a, b *Schema, g answer) Result {
	if g.status == empty {
		return Result{Answer: Yes}
	}
	if g.has {
		err := c.confirm(a, b, g.value)
		if err == nil {
			return Result{Answer: No, Witness: g.value}
		}
		if g.status == found {
			g.reason = "the witness " + jsonText(g.value) + " is not confirmed: " + err.Error()
		}
	}
	return Result{Answer: Unknown, Reason: g.reason}
}

// confirm asks the judges whether v is a witness.
func (c *comparison) confirm(a, b *Schema, v any) error {
	sent, err := c.sender.Valid(a, v)
	if c.side.closed && sent && err == nil {
		sent, err = c.sender.Sends(a, v)
	}
	if err != nil {
		return err
	}
	if !sent {
		return errNotSent
	}
	accepted, err := c.receiver.Valid(b, v)
	if err == nil && accepted {
		err = errAccepted
	}
	return err
}

const maxReasonValue = 200

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	if len(text) > maxReasonValue {
		return string(text[:maxReasonValue]) + "..."
	}
	return string(text)
}
