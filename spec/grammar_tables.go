package spec

// grammar is the table of the objects of all editions, after the fixed-fields tables of the specifications.
func grammar() map[string]*kind {
	g := map[string]*kind{}
	for _, part := range []map[string]*kind{documentGrammar(), operationGrammar(), componentGrammar(), swaggerGrammar(), schemaGrammar()} {
		for name, k := range part {
			g[name] = k
		}
	}
	return g
}

func documentGrammar() map[string]*kind {
	return map[string]*kind{
		"OpenAPI": {words: "the document", extra: (*checker).document, fields: []field{
			{"openapi", text, v3, v3},
			{"$self", text, v32, 0},
			{"info", object("Info"), v3, v3},
			{"jsonSchemaDialect", text, v31up, 0},
			{"servers", list("Server"), v3, 0},
			{"paths", object("Paths"), v3, v30},
			{"webhooks", dict("PathItem"), v31up, 0},
			{"components", object("Components"), v3, 0},
			{"security", list("SecurityRequirement"), v3, 0},
			{"tags", list("Tag"), v3, 0},
			{"externalDocs", object("ExternalDocs"), v3, 0},
		}},
		"Info": {words: "info", fields: []field{
			{"title", text, all, all},
			{"summary", text, v31up, 0},
			{"description", text, all, 0},
			{"termsOfService", text, all, 0},
			{"contact", object("Contact"), all, 0},
			{"license", object("License"), all, 0},
			{"version", text, all, all},
		}},
		"Contact": {words: "contact", fields: []field{{"name", text, all, 0}, {"url", text, all, 0}, {"email", text, all, 0}}},
		"License": {words: "license", fields: []field{{"name", text, all, 0}, {"identifier", text, v31up, 0}, {"url", text, all, 0}}},
		"Server": {words: "a server", fields: []field{
			{"url", text, v3, v3}, {"description", text, v3, 0}, {"name", text, v32, 0}, {"variables", dict("ServerVariable"), v3, 0},
		}},
		"ServerVariable": {words: "a server variable", fields: []field{{"enum", texts, v3, 0}, {"default", text, v3, 0}, {"description", text, v3, 0}}},
		"Tag": {words: "a tag", fields: []field{
			{"name", text, all, all}, {"summary", text, v32, 0}, {"description", text, all, 0}, {"externalDocs", object("ExternalDocs"), all, 0},
			{"parent", text, v32, 0}, {"kind", text, v32, 0},
		}},
		"ExternalDocs": {words: "externalDocs", fields: []field{{"description", text, all, 0}, {"url", text, all, 0}}},
		"Paths":        {words: "paths", other: object("PathItem"), extra: (*checker).paths},
		"PathItem": {words: "a path item", refs: all, extra: (*checker).pathItem, fields: []field{
			{"summary", text, v3, 0},
			{"description", text, v3, 0},
			{"get", object("Operation"), all, 0},
			{"put", object("Operation"), all, 0},
			{"post", object("Operation"), all, 0},
			{"delete", object("Operation"), all, 0},
			{"options", object("Operation"), all, 0},
			{"head", object("Operation"), all, 0},
			{"patch", object("Operation"), all, 0},
			{"trace", object("Operation"), v3, 0},
			{"query", object("Operation"), v32, 0},
			{"additionalOperations", dict("Operation"), v32, 0},
			{"servers", list("Server"), v3, 0},
			{"parameters", list("Parameter"), all, 0},
		}},
	}
}

func operationGrammar() map[string]*kind {
	return map[string]*kind{
		"Operation": {words: "an operation", extra: (*checker).operation, fields: []field{
			{"tags", texts, all, 0},
			{"summary", text, all, 0},
			{"description", text, all, 0},
			{"externalDocs", object("ExternalDocs"), all, 0},
			{"operationId", text, all, 0},
			{"consumes", texts, v20, 0},
			{"produces", texts, v20, 0},
			{"schemes", texts, v20, 0},
			{"parameters", list("Parameter"), all, 0},
			{"requestBody", object("RequestBody"), v3, 0},
			{"responses", object("Responses"), all, 0},
			{"callbacks", dict("Callback"), v3, 0},
			{"deprecated", boolean, all, 0},
			{"security", list("SecurityRequirement"), all, 0},
			{"servers", list("Server"), v3, 0},
		}},
		"Parameter": {words: "a parameter", refs: all, extra: (*checker).parameter, fields: append([]field{
			{"name", text, all, all},
			{"in", choice("path", "query", "header", "cookie", "querystring", "body", "formData"), all, all},
			{"description", text, all, 0},
			{"required", boolean, all, 0},
			{"deprecated", boolean, v3, 0},
			{"allowEmptyValue", boolean, all, 0},
			{"style", parameterStyles, v3, 0},
			{"explode", boolean, v3, 0},
			{"allowReserved", boolean, v3, 0},
			{"schema", object("Schema"), all, 0},
			{"example", anything, v3, 0},
			{"examples", dict("Example"), v3, 0},
			{"content", dict("MediaType"), v3, 0},
		}, simpleSchema...)},
		"RequestBody": {words: "a request body", refs: v3, fields: []field{
			{"description", text, v3, 0}, {"content", dict("MediaType"), v3, v3}, {"required", boolean, v3, 0},
		}},
		"MediaType": {words: "a media type", refs: v32, fields: []field{
			{"schema", object("Schema"), v3, 0},
			{"itemSchema", object("Schema"), v32, 0},
			{"example", anything, v3, 0},
			{"examples", dict("Example"), v3, 0},
			{"encoding", dict("Encoding"), v3, 0},
			{"prefixEncoding", list("Encoding"), v32, 0},
			{"itemEncoding", object("Encoding"), v32, 0},
		}},
		"Encoding": {words: "an encoding", fields: []field{
			{"contentType", text, v3, 0},
			{"headers", dict("Header"), v3, 0},
			{"style", parameterStyles, v3, 0},
			{"explode", boolean, v3, 0},
			{"allowReserved", boolean, v3, 0},
			{"encoding", dict("Encoding"), v32, 0},
			{"prefixEncoding", list("Encoding"), v32, 0},
			{"itemEncoding", object("Encoding"), v32, 0},
		}},
		"Responses": {words: "responses", other: object("Response"), extra: (*checker).responses},
		"Response": {words: "a response", refs: all, fields: []field{
			{"summary", text, v32, 0},
			{"description", text, all, all &^ v32},
			{"schema", object("Schema"), v20, 0},
			{"headers", dict("Header"), all, 0},
			{"content", dict("MediaType"), v3, 0},
			{"links", dict("Link"), v3, 0},
			{"examples", free, v20, 0},
		}},
		"Callback": {words: "a callback", refs: v3, other: object("PathItem")},
		"Link": {words: "a link", refs: v3, fields: []field{
			{"operationRef", text, v3, 0}, {"operationId", text, v3, 0}, {"parameters", free, v3, 0},
			{"requestBody", anything, v3, 0}, {"description", text, v3, 0}, {"server", object("Server"), v3, 0},
		}},
		"Header": {words: "a header", refs: v3, fields: append([]field{
			{"description", text, all, 0},
			{"required", boolean, v3, 0},
			{"deprecated", boolean, v3, 0},
			{"allowEmptyValue", boolean, v3, 0},
			{"style", parameterStyles, v3, 0},
			{"explode", boolean, v3, 0},
			{"allowReserved", boolean, v3, 0},
			{"schema", object("Schema"), v3, 0},
			{"example", anything, v3, 0},
			{"examples", dict("Example"), v3, 0},
			{"content", dict("MediaType"), v3, 0},
		}, simpleSchema...)},
		"Example": {words: "an example", refs: v3, fields: []field{
			{"summary", text, v3, 0}, {"description", text, v3, 0}, {"value", anything, v3, 0}, {"externalValue", text, v3, 0},
			{"dataValue", anything, v32, 0}, {"serializedValue", text, v32, 0},
		}},
		"SecurityRequirement": {words: "a security requirement", other: texts, extra: (*checker).requirement},
	}
}

func componentGrammar() map[string]*kind {
	return map[string]*kind{
		"Components": {words: "components", extra: (*checker).components, fields: []field{
			{"schemas", dict("Schema"), v3, 0},
			{"responses", dict("Response"), v3, 0},
			{"parameters", dict("Parameter"), v3, 0},
			{"examples", dict("Example"), v3, 0},
			{"requestBodies", dict("RequestBody"), v3, 0},
			{"headers", dict("Header"), v3, 0},
			{"securitySchemes", dict("SecurityScheme"), v3, 0},
			{"links", dict("Link"), v3, 0},
			{"callbacks", dict("Callback"), v3, 0},
			{"pathItems", dict("PathItem"), v31up, 0},
			{"mediaTypes", dict("MediaType"), v32, 0},
		}},
		"SecurityScheme": {words: "a security scheme", refs: v3, extra: (*checker).scheme, fields: []field{
			{"type", choice("apiKey", "http", "oauth2", "openIdConnect", "mutualTLS", "basic"), all, all},
			{"description", text, all, 0},
			{"name", text, all, 0},
			{"in", choice("query", "header", "cookie"), all, 0},
			{"scheme", text, v3, 0},
			{"bearerFormat", text, v3, 0},
			{"flows", object("OAuthFlows"), v3, 0},
			{"openIdConnectUrl", text, v3, 0},
			{"oauth2MetadataUrl", text, v32, 0},
			{"deprecated", boolean, v32, 0},
			{"flow", choice("implicit", "password", "application", "accessCode"), v20, 0},
			{"authorizationUrl", text, v20, 0},
			{"tokenUrl", text, v20, 0},
			{"scopes", scopes, v20, 0},
		}},
		"OAuthFlows": {words: "flows", fields: []field{
			{"implicit", object("OAuthFlow"), v3, 0}, {"password", object("OAuthFlow"), v3, 0},
			{"clientCredentials", object("OAuthFlow"), v3, 0}, {"authorizationCode", object("OAuthFlow"), v3, 0},
			{"deviceAuthorization", object("OAuthFlow"), v32, 0},
		}},
		"OAuthFlow": {words: "a flow", fields: []field{
			{"authorizationUrl", text, v3, 0}, {"deviceAuthorizationUrl", text, v32, 0}, {"tokenUrl", text, v3, 0},
			{"refreshUrl", text, v3, 0}, {"scopes", scopes, v3, 0},
		}},
	}
}

// simpleSchema are the keywords that parameters, headers and items of Swagger 2.0 have in place of a schema.
var simpleSchema = []field{
	{"type", choice("string", "number", "integer", "boolean", "array", "file", "object"), v20, 0},
	{"format", text, v20, 0},
	{"items", object("Items"), v20, 0},
	{"collectionFormat", collections, v20, 0},
	{"default", anything, v20, 0},
	{"maximum", number, v20, 0},
	{"exclusiveMaximum", boolean, v20, 0},
	{"minimum", number, v20, 0},
	{"exclusiveMinimum", boolean, v20, 0},
	{"maxLength", count, v20, 0},
	{"minLength", count, v20, 0},
	{"pattern", text, v20, 0},
	{"maxItems", count, v20, 0},
	{"minItems", count, v20, 0},
	{"uniqueItems", boolean, v20, 0},
	{"enum", values, v20, 0},
	{"multipleOf", number, v20, 0},
}

func swaggerGrammar() map[string]*kind {
	return map[string]*kind{
		"Swagger": {words: "the document", extra: (*checker).document, fields: []field{
			{"swagger", text, v20, v20},
			{"info", object("Info"), v20, v20},
			{"host", text, v20, 0},
			{"basePath", text, v20, 0},
			{"schemes", texts, v20, 0},
			{"consumes", texts, v20, 0},
			{"produces", texts, v20, 0},
			{"paths", object("Paths"), v20, v20},
			{"definitions", dict("Schema"), v20, 0},
			{"parameters", dict("Parameter"), v20, 0},
			{"responses", dict("Response"), v20, 0},
			{"securityDefinitions", dict("SecurityScheme"), v20, 0},
			{"security", list("SecurityRequirement"), v20, 0},
			{"tags", list("Tag"), v20, 0},
			{"externalDocs", object("ExternalDocs"), v20, 0},
		}},
		"Items": {words: "items", refs: v20, extra: (*checker).items, fields: simpleSchema},
	}
}

func schemaGrammar() map[string]*kind {
	sub, subs, named := object("Schema"), list("Schema"), dict("Schema")
	subOrFlag := shape{kinds: isObject | isBool, object: "Schema"}
	return map[string]*kind{
		"Schema": {words: "a schema", refs: all, open: v31up, extra: (*checker).schema, fields: []field{
			{"title", text, all, 0},
			{"description", text, all, 0},
			{"type", shape{kinds: isString | isArray, items: isString}, all, 0},
			{"format", text, all, 0},
			{"default", anything, all, 0},
			{"multipleOf", number, all, 0},
			{"maximum", number, all, 0},
			{"minimum", number, all, 0},
			{"exclusiveMaximum", shape{kinds: isBool | isNumber}, all, 0},
			{"exclusiveMinimum", shape{kinds: isBool | isNumber}, all, 0},
			{"maxLength", count, all, 0},
			{"minLength", count, all, 0},
			{"pattern", text, all, 0},
			{"maxItems", count, all, 0},
			{"minItems", count, all, 0},
			{"uniqueItems", boolean, all, 0},
			{"maxProperties", count, all, 0},
			{"minProperties", count, all, 0},
			{"required", texts, all, 0},
			{"enum", values, all, 0},
			{"properties", named, all, 0},
			{"items", sub, all, 0},
			{"allOf", subs, all, 0},
			{"additionalProperties", subOrFlag, all, 0},
			{"readOnly", boolean, all, 0},
			{"xml", object("XML"), all, 0},
			{"externalDocs", object("ExternalDocs"), all, 0},
			{"example", anything, all, 0},
			{"oneOf", subs, v3, 0},
			{"anyOf", subs, v3, 0},
			{"not", sub, v3, 0},
			{"nullable", boolean, v30, 0},
			{"discriminator", shape{kinds: isObject | isString, object: "Discriminator"}, all, 0},
			{"writeOnly", boolean, v3, 0},
			{"deprecated", boolean, v3, 0},
			{"$id", text, v31up, 0},
			{"$schema", text, v31up, 0},
			{"$anchor", text, v31up, 0},
			{"$dynamicAnchor", text, v31up, 0},
			{"$dynamicRef", text, v31up, 0},
			{"$vocabulary", free, v31up, 0},
			{"$comment", text, v31up, 0},
			{"$defs", named, v31up, 0},
			{"definitions", named, v31up, 0},
			{"const", anything, v31up, 0},
			{"examples", shape{kinds: isArray | isObject}, v31up, 0},
			{"if", sub, v31up, 0},
			{"then", sub, v31up, 0},
			{"else", sub, v31up, 0},
			{"dependentSchemas", named, v31up, 0},
			{"dependentRequired", free, v31up, 0},
			{"dependencies", free, v31up, 0},
			{"prefixItems", subs, v31up, 0},
			{"contains", sub, v31up, 0},
			{"minContains", count, v31up, 0},
			{"maxContains", count, v31up, 0},
			{"patternProperties", named, v31up, 0},
			{"propertyNames", sub, v31up, 0},
			{"unevaluatedItems", sub, v31up, 0},
			{"unevaluatedProperties", sub, v31up, 0},
			{"contentEncoding", text, v31up, 0},
			{"contentMediaType", text, v31up, 0},
			{"contentSchema", sub, v31up, 0},
		}},
		"XML": {words: "xml", fields: []field{
			{"name", text, all, 0}, {"namespace", text, all, 0}, {"prefix", text, all, 0}, {"attribute", boolean, all, 0},
			{"wrapped", boolean, all, 0}, {"nodeType", text, v32, 0},
		}},
		"Discriminator": {words: "a discriminator", extra: (*checker).discriminator, fields: []field{
			{"propertyName", text, v3, v3}, {"mapping", shape{kinds: isObject, dict: true}, v3, 0}, {"defaultMapping", text, v32, 0},
		}},
	}
}
