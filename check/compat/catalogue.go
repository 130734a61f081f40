package compat

import "github.com/msgen/msgen/check"

// Rules returns the catalogue: every rule that Check can report, in the order of the documentation.
func Rules() []check.Rule {
	rules := append([]check.Rule{}, structural...)
	for _, k := range keywords {
		rules = append(rules, k.rule("request"), k.rule("response"))
	}
	return rules
}

// structural holds the rules about everything around the schemas.
var structural = []check.Rule{
	{
		ID: "operation-removed", Severity: check.Error, Side: "request", Summary: "an operation is gone",
		Why:     "clients that call it get 404 or 405",
		Remedy:  "keep the operation; mark it deprecated with x-sunset and remove it after that date",
		Example: "- /orders/{id}: {get: ...}",
	},
	{
		ID: "operation-removed-after-sunset", Severity: check.Info, Side: "request", Summary: "a deprecated operation is gone after its sunset",
		Why: "its x-sunset date has passed, so that callers were told", Remedy: "nothing to do", Example: "- deprecated: true\n- x-sunset: 2020-01-01",
	},
	{
		ID: "operation-covered-by-template", Severity: check.Info, Side: "request", Summary: "a literal path is gone, and a template still serves it",
		Why: "the URL answers as before, by another operation", Remedy: "nothing to do; check that the other operation means the same",
		Example: "- /orders/mine: {get: ...}\n  /orders/{id}: {get: ...}",
	},
	{
		ID: "operation-shadowed", Severity: check.Warning, Side: "request", Summary: "a new literal path takes over a URL that a template served",
		Why:    "callers that used the literal as the value of the parameter reach another operation",
		Remedy: "make sure that the literal was no value of the parameter, or that both operations answer alike", Example: "  /orders/{id}: {get: ...}\n+ /orders/mine: {get: ...}",
	},
	{
		ID: "operation-added", Severity: check.Info, Side: "request", Summary: "an operation is new", Why: "nobody calls it yet",
		Remedy: "nothing to do", Example: "+ /orders/{id}: {get: ...}",
	},
	{
		ID: "version-removed", Severity: check.Error, Side: "request", Summary: "a version of the API is gone",
		Why:    "clients that call it get 404",
		Remedy: "keep the version; mark its operations deprecated with x-sunset and remove it after that date", Example: "- versions: [{name: v1, ...}, {name: v2, ...}]\n+ versions: [{name: v2, ...}]",
	},
	{
		ID: "version-added", Severity: check.Info, Summary: "a version of the API is new", Why: "nobody calls it yet", Remedy: "nothing to do",
		Example: "- versions: [{name: v1, ...}]\n+ versions: [{name: v1, ...}, {name: v2, ...}]",
	},
	{
		ID: "operation-id-changed", Severity: check.Warning, Summary: "operationId has changed",
		Why:    "it is not on the wire, but generated clients carry it as a name",
		Remedy: "keep the operationId, or tell those who generate clients", Example: "- operationId: listOrders\n+ operationId: getOrders",
	},
	{
		ID: "operation-deprecated", Severity: check.Info, Summary: "an operation is deprecated now",
		Why: "it works as before; callers should move", Remedy: "say when it goes with x-sunset", Example: "+ deprecated: true",
	},
	{
		ID: "sunset-shortened", Severity: check.Error, Summary: "the sunset of a deprecated operation moved to an earlier date or is gone",
		Why:    "callers rely on the date that they were given",
		Remedy: "restore the x-sunset date or choose a later one", Example: "- x-sunset: 2027-06-30\n+ x-sunset: 2027-01-31",
	},
	{
		ID: "server-removed", Severity: check.Error, Side: "request", Summary: "a base URL is gone",
		Why: "clients that use it reach nothing", Remedy: "keep the server in the list until nobody uses it",
		Example: "- servers: [{url: https://api.example/v1}]\n+ servers: [{url: https://api.example/v2}]",
	},
	{
		ID: "server-added", Severity: check.Info, Summary: "a base URL is new", Why: "nobody uses it yet", Remedy: "nothing to do",
		Example: "+ - url: https://eu.api.example/v1",
	},
	{
		ID: "parameter-required-added", Severity: check.Error, Side: "request", Summary: "a required parameter is new",
		Why: "old clients don't send it and are refused", Remedy: "make it optional, with a default that keeps the old behaviour",
		Example: "+ - {name: tenant, in: query, required: true, schema: {type: string}}",
	},
	{
		ID: "parameter-added", Severity: check.Info, Side: "request", Summary: "an optional parameter is new",
		Why: "old clients don't send it", Remedy: "nothing to do", Example: "+ - {name: sort, in: query, schema: {type: string}}",
	},
	{
		ID: "parameter-removed", Severity: check.Warning, Side: "request", Summary: "a parameter is gone",
		Why: "clients that send it are answered, but it is ignored from now on", Remedy: "keep it, deprecated, as long as clients send it",
		Example: "- - {name: sort, in: query, schema: {type: string}}",
	},
	{
		ID: "parameter-became-required", Severity: check.Error, Side: "request", Summary: "an optional parameter is required now",
		Why: "clients that leave it out are refused", Remedy: "keep it optional, with a default", Example: "- required: false\n+ required: true",
	},
	{
		ID: "parameter-became-optional", Severity: check.Info, Side: "request", Summary: "a required parameter is optional now",
		Why: "clients that send it are served as before", Remedy: "nothing to do", Example: "- required: true",
	},
	{
		ID: "parameter-serialization-changed", Severity: check.Error, Side: "request", Summary: "style, explode or content of a parameter reads the old bytes differently",
		Why:    "what old clients send is refused or means something else",
		Remedy: "keep the serialization, or add a parameter of another name", Example: "- explode: true\n+ explode: false",
	},
	{
		ID: "parameter-empty-value-refused", Severity: check.Error, Side: "request", Summary: "an empty value of a parameter is no longer allowed",
		Why: "clients that send ?name= are refused", Remedy: "keep allowEmptyValue", Example: "- allowEmptyValue: true",
	},
	{
		ID: "request-body-became-required", Severity: check.Error, Side: "request", Summary: "a request body is required now",
		Why: "clients that send none are refused", Remedy: "keep required: false, and treat an absent body as before", Example: "+ required: true",
	},
	{
		ID: "request-body-became-optional", Severity: check.Info, Side: "request", Summary: "a request body is optional now",
		Why: "clients that send one are served as before", Remedy: "nothing to do", Example: "- required: true",
	},
	{
		ID: "request-body-removed", Severity: check.Warning, Side: "request", Summary: "a request body is gone",
		Why: "clients that send one are answered, but it is ignored from now on", Remedy: "keep it as long as clients send it", Example: "- requestBody: ...",
	},
	{
		ID: "request-body-added", Severity: check.Info, Side: "request", Summary: "an optional request body is new",
		Why: "old clients send none", Remedy: "nothing to do", Example: "+ requestBody: {content: ...}",
	},
	{
		ID: "request-media-type-removed", Severity: check.Error, Side: "request", Summary: "a media type of the request body is no longer accepted",
		Why: "clients that send it get 415", Remedy: "keep accepting it", Example: "- application/xml: ...",
	},
	{
		ID: "request-media-type-added", Severity: check.Info, Side: "request", Summary: "a media type of the request body is new",
		Why: "nobody sends it yet", Remedy: "nothing to do", Example: "+ application/xml: ...",
	},
	{
		ID: "request-encoding-changed", Severity: check.Error, Side: "request", Summary: "a part of a form or multipart body is encoded differently",
		Why: "what old clients send is refused or means something else", Remedy: "keep the encoding object", Example: "- contentType: application/json\n+ contentType: application/xml",
	},
	{
		ID: "request-xml-changed", Severity: check.Error, Side: "request", Summary: "a value of a request body is written differently in XML",
		Why: "what old clients send is refused or not found", Remedy: "keep the xml object", Example: "- xml: {name: id}\n+ xml: {name: id, attribute: true}",
	},
	{
		ID: "response-xml-changed", Severity: check.Error, Side: "response", Summary: "a value of a response is written differently in XML",
		Why: "old clients don't find it where it was", Remedy: "keep the xml object", Example: "- xml: {name: id}\n+ xml: {name: id, attribute: true}",
	},
	{
		ID: "response-status-added", Severity: check.Error, Side: "response", Summary: "the server may answer with a success status that was not announced",
		Why:    "old clients treat an unknown status as a failure, or as a success with another meaning",
		Remedy: "answer with a status that the contract announced", Example: "+ '202': {description: accepted}",
	},
	{
		ID: "response-error-status-added", Severity: check.Info, Side: "response", Summary: "the server may answer with an error status that was not announced",
		Why: "clients must expect any error status (RFC 9110 section 15)", Remedy: "nothing to do", Example: "+ '409': {description: conflict}",
	},
	{
		ID: "response-status-removed", Severity: check.Info, Side: "response", Summary: "a status is no longer answered",
		Why: "the server promises more than before", Remedy: "nothing to do", Example: "- '202': {description: accepted}",
	},
	{
		ID: "response-media-type-added", Severity: check.Error, Side: "response", Summary: "the server may answer with a media type that was not announced",
		Why: "old clients can't read it", Remedy: "answer with the new media type only when Accept asks for it, in an operation of its own", Example: "+ text/csv: ...",
	},
	{
		ID: "response-media-type-removed", Severity: check.Warning, Side: "response", Summary: "a media type is no longer answered",
		Why: "clients that ask for it with Accept get another one or 406", Remedy: "keep it as long as clients ask for it", Example: "- application/xml: ...",
	},
	{
		ID: "response-body-removed", Severity: check.Error, Side: "response", Summary: "a response has no body any more",
		Why: "old clients expect one", Remedy: "keep the body", Example: "- content: ...",
	},
	{
		ID: "response-body-added", Severity: check.Info, Side: "response", Summary: "a response has a body now",
		Why: "old clients ignore it", Remedy: "nothing to do", Example: "+ content: ...",
	},
	{
		ID: "response-header-removed", Severity: check.Error, Side: "response", Summary: "a required response header is gone",
		Why: "clients rely on it", Remedy: "keep sending it", Example: "- X-Total: {required: true, schema: {type: integer}}",
	},
	{
		ID: "response-header-became-optional", Severity: check.Error, Side: "response", Summary: "a required response header may be missing now",
		Why: "clients rely on it", Remedy: "keep required: true", Example: "- required: true",
	},
	{
		ID: "response-optional-header-removed", Severity: check.Warning, Side: "response", Summary: "an optional response header is gone",
		Why: "clients that read it find it missing, as they had to expect", Remedy: "keep sending it", Example: "- X-Total: {schema: {type: integer}}",
	},
	{
		ID: "response-header-added", Severity: check.Info, Side: "response", Summary: "a response header is new", Why: "old clients ignore it",
		Remedy: "nothing to do", Example: "+ X-Total: {schema: {type: integer}}",
	},
	{
		ID: "response-header-serialization-changed", Severity: check.Error, Side: "response", Summary: "a response header is serialized differently",
		Why: "old clients read something else from the same bytes", Remedy: "keep explode and content", Example: "- explode: true",
	},
	{
		ID: "security-strengthened", Severity: check.Error, Side: "request", Summary: "credentials that were enough are refused",
		Why:    "callers that hold what the old contract asked for get 401 or 403",
		Remedy: "keep the old alternative beside the new one", Example: "- security: [{bearer: [read]}]\n+ security: [{bearer: [read, admin]}]",
	},
	{
		ID: "security-weakened", Severity: check.Warning, Side: "request", Summary: "callers are admitted that were refused",
		Why:    "no client breaks, but what was protected is open to more callers",
		Remedy: "make sure that it is meant; msgen.yaml raises this rule to an error", Example: "- security: [{bearer: [read]}]\n+ security: []",
	},
	{
		ID: "security-flow-changed", Severity: check.Error, Side: "request", Summary: "an OAuth 2.0 flow is gone or its URL has changed",
		Why: "clients that get their tokens that way get none", Remedy: "keep the flow and its URLs", Example: "- clientCredentials: {tokenUrl: https://old.example/token}",
	},
	{
		ID: "callback-removed", Severity: check.Error, Side: "response", Summary: "a callback is gone", Why: "subscribers wait for it",
		Remedy: "keep calling back", Example: "- callbacks: {paid: ...}",
	},
	{
		ID: "callback-added", Severity: check.Info, Side: "response", Summary: "a callback is new", Why: "old clients don't subscribe to it",
		Remedy: "nothing to do", Example: "+ callbacks: {paid: ...}",
	},
	{
		ID: "callback-parameter-missing", Severity: check.Error, Side: "response", Summary: "a required parameter of a callback or webhook may be missing now",
		Why: "subscribers rely on it, to check a signature for instance", Remedy: "keep sending it", Example: "- - {name: X-Signature, in: header, required: true, schema: {type: string}}",
	},
	{
		ID: "webhook-removed", Severity: check.Error, Side: "response", Summary: "a webhook is gone", Why: "subscribers wait for it",
		Remedy: "keep sending it", Example: "- webhooks: {paid: ...}",
	},
	{
		ID: "webhook-added", Severity: check.Info, Side: "response", Summary: "a webhook is new", Why: "nobody subscribed to it yet",
		Remedy: "nothing to do", Example: "+ webhooks: {paid: ...}",
	},
	{
		ID: "link-removed", Severity: check.Warning, Side: "response", Summary: "a link of a response is gone",
		Why: "links are not on the wire, but clients may follow them", Remedy: "keep the link", Example: "- links: {order: ...}",
	},
	{
		ID: "request-property-removed", Severity: check.Warning, Side: "request", Summary: "a property of an open request object is gone",
		Why: "it is accepted, but no longer read", Remedy: "keep it, deprecated, as long as clients send it", Example: "- nickname: {type: string}",
	},
	{
		ID: "response-property-removed", Severity: check.Warning, Side: "response", Summary: "an optional response property is gone",
		Why: "clients had to expect that it is missing, but may rely on it", Remedy: "keep sending it, deprecated", Example: "- nickname: {type: string}",
	},
	{
		ID: "property-added", Severity: check.Info, Summary: "a property is new", Why: "senders don't send it yet, receivers ignore it",
		Remedy: "nothing to do", Example: "+ nickname: {type: string}",
	},
	{
		ID: "default-changed", Severity: check.Warning, Summary: "a default has changed",
		Why: "no payload is refused, but leaving it out means something else", Remedy: "keep the default", Example: "- default: 20\n+ default: 50",
	},
	{
		ID: "documentation-changed", Severity: check.Info, Summary: "descriptions, examples or tags have changed", Why: "they are not on the wire",
		Remedy: "nothing to do", Example: "- description: old\n+ description: new",
	},
	{
		ID: "schema-not-decided", Severity: check.Warning, Summary: "whether a schema change breaks could not be decided",
		Why:    "the change lies outside what can be decided exactly",
		Remedy: "compare the two by hand, and add a suppression with the reason if it is safe", Example: "- not: {...}\n+ not: {...}",
	},
	{
		ID: "suppression-expired", Severity: check.Warning, Summary: "a suppression in msgen.yaml has expired", Why: "the finding that it hid counts again",
		Remedy: "mend the finding, or renew the suppression with a new reason", Example: "  expires: 2020-01-01",
	},
	{
		ID: "suppression-unused", Severity: check.Warning, Summary: "a suppression in msgen.yaml hides nothing", Why: "it would hide a later finding unseen",
		Remedy: "remove it, or correct its pointer: --format json shows those of the findings", Example: "  rule: operation-removed",
	},
}
