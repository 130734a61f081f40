package lint

import "github.com/msgen/msgen/check"

// Rules returns the catalogue: every rule that Check can report.
func Rules() []check.Rule { return append([]check.Rule{}, catalogue...) }

var catalogue = []check.Rule{
	{
		ID: "operation-id-missing", Severity: check.Warning, Summary: "an operation has no operationId",
		Why:    "handlers and clients are named after it; without one the name follows the path and changes with it",
		Remedy: "give the operation a name that says what callers want to happen", Example: "+ operationId: placeOrder",
	},
	{
		ID: "error-response-missing", Severity: check.Warning, Side: "response", Summary: "an operation announces no error",
		Why:    "every service answers errors; callers can't handle what they were not told",
		Remedy: "announce the errors of the operation, or a default response", Example: "+ default: {$ref: '#/components/responses/Problem'}",
	},
	{
		ID: "error-not-problem", Severity: check.Warning, Side: "response", Summary: "an error is not application/problem+json",
		Why:    "msgen's services answer every error as RFC 9457 has it, and so do many others: callers need one way to read them",
		Remedy: "describe the error as application/problem+json", Example: "- application/json: {schema: ...}\n+ application/problem+json: {schema: ...}",
	},
	{
		ID: "success-response-missing", Severity: check.Warning, Side: "response", Summary: "an operation announces no success",
		Why: "callers don't know what to expect", Remedy: "announce at least one 2XX or 3XX response", Example: "+ '200': {description: ...}",
	},
	{
		ID: "server-not-https", Severity: check.Warning, Summary: "a server is reached without TLS",
		Why: "tokens and data travel in the clear", Remedy: "use https, except on the machine of a developer", Example: "- url: http://api.example\n+ url: https://api.example",
	},
	{
		ID: "mutation-unprotected", Severity: check.Warning, Side: "request", Summary: "an operation that changes something asks for no credentials",
		Why:    "neither the operation nor the contract says who may call it",
		Remedy: "state security for the operation or the contract; security: [] says that it is meant to be open", Example: "+ security: [{token: [orders.write]}]",
	},
	{
		ID: "api-key-in-query", Severity: check.Warning, Side: "request", Summary: "an API key travels in the query",
		Why: "queries end up in logs, histories and referrers", Remedy: "send it in a header", Example: "- in: query\n+ in: header",
	},
	{
		ID: "get-with-body", Severity: check.Warning, Side: "request", Summary: "GET, HEAD or DELETE has a request body",
		Why: "proxies and clients drop it (RFC 9110 section 9.3.1)", Remedy: "use query parameters, or POST", Example: "- get: {requestBody: ...}",
	},
	{
		ID: "path-trailing-slash", Severity: check.Warning, Summary: "a path ends with a slash",
		Why: "/orders and /orders/ are different URLs, and callers mix them up", Remedy: "leave the slash out", Example: "- /orders/:\n+ /orders:",
	},
	{
		ID: "path-parameter-naming", Severity: check.Warning, Summary: "path parameters are named in different ways",
		Why: "one contract should have one way: order_id beside orderId is hard to remember", Remedy: "choose the way of the majority", Example: "- /orders/{order_id}\n+ /orders/{orderId}",
	},
	{
		ID: "deprecated-without-sunset", Severity: check.Info, Summary: "a deprecated operation has no x-sunset",
		Why: "callers don't know until when it works", Remedy: "say until when, as a date", Example: "  deprecated: true\n+ x-sunset: 2027-06-30",
	},
	{
		ID: "request-string-unbounded", Severity: check.Info, Side: "request", Summary: "a string that callers send has no greatest length",
		Why: "whatever is behind the service has one", Remedy: "state maxLength, an enum, a pattern with bounds or a format", Example: "+ maxLength: 200",
	},
	{
		ID: "request-array-unbounded", Severity: check.Info, Side: "request", Summary: "an array that callers send has no greatest length",
		Why: "the work that a request may cause has no bound", Remedy: "state maxItems", Example: "+ maxItems: 100",
	},
	{
		ID: "pattern-not-anchored", Severity: check.Info, Side: "request", Summary: "a pattern is not anchored",
		Why: "patterns match anywhere in a string: [a-z]+ accepts \"1 a 2\"", Remedy: "write ^ and $, unless anywhere is meant", Example: "- pattern: '[a-z]+'\n+ pattern: '^[a-z]+$'",
	},
	{
		ID: "response-enum-closed", Severity: check.Info, Side: "response", Summary: "a response has a list of values that can't grow",
		Why:    "adding a value breaks those who rely on the list",
		Remedy: "say x-extensible-enum: true where callers must expect more values", Example: "  enum: [open, closed]\n+ x-extensible-enum: true",
	},
	{
		ID: "response-array", Severity: check.Info, Side: "response", Summary: "a response is an array",
		Why: "nothing can be added beside the items, a cursor for the next page for instance", Remedy: "answer an object that holds the array", Example: "- type: array\n+ type: object\n+ properties: {items: {type: array, ...}}",
	},
	{
		ID: "component-unused", Severity: check.Info, Summary: "a component is not used", Why: "it has to be read and kept up to date for nothing",
		Remedy: "remove it", Example: "- components: {schemas: {Old: ...}}",
	},
}
