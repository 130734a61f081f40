package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

type object = map[string]any

// downConvert writes the first n contracts that Swagger 2.0 can express as Swagger 2.0 into dir, and returns their files.
func downConvert(files []string, dir string, n int) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var made []string
	for _, file := range files {
		if len(made) >= n {
			break
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var doc object
		if json.Unmarshal(data, &doc) != nil || len(data) > 2<<20 || !expressible(string(data)) {
			continue
		}
		out, err := json.MarshalIndent(toSwagger(doc), "", " ")
		if err != nil {
			return nil, err
		}
		target := filepath.Join(dir, filepath.Base(filepath.Dir(file))+"-"+filepath.Base(file))
		if err := os.WriteFile(target, out, 0o644); err != nil {
			return nil, err
		}
		made = append(made, target)
	}
	return made, nil
}

// expressible leaves out what Swagger 2.0 has no words for.
func expressible(text string) bool {
	for _, word := range []string{`"oneOf"`, `"anyOf"`, `"not"`, `"callbacks"`, `"webhooks"`, `"cookie"`, `"deepObject"`, `"openapi":"3.1`} {
		if strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func member(o object, key string) object {
	m, _ := o[key].(object)
	return m
}

func toSwagger(doc object) object {
	components := member(doc, "components")
	out := object{"swagger": "2.0", "info": doc["info"], "tags": doc["tags"], "security": doc["security"]}
	for key, value := range out {
		if value == nil {
			delete(out, key)
		}
	}
	if servers, _ := doc["servers"].([]any); len(servers) > 0 {
		server, _ := servers[0].(object)
		raw, _ := server["url"].(string)
		if u, err := url.Parse(raw); err == nil && !strings.Contains(raw, "{") {
			if u.Host != "" {
				out["host"], out["schemes"] = u.Host, []any{u.Scheme}
			}
			if u.Path != "" && u.Path != "/" {
				out["basePath"] = strings.TrimSuffix(u.Path, "/")
			}
		}
	}
	out["definitions"] = components["schemas"]
	if out["definitions"] == nil {
		out["definitions"] = object{}
	}
	out["parameters"], out["responses"] = object{}, object{}
	for name, p := range member(components, "parameters") {
		out["parameters"].(object)[name] = parameter(p.(object))
	}
	for name, r := range member(components, "responses") {
		out["responses"].(object)[name], _ = response(r.(object))
	}
	out["securityDefinitions"] = schemes(member(components, "securitySchemes"))
	paths := object{}
	for path, item := range member(doc, "paths") {
		paths[path] = pathItem(item.(object), components)
	}
	out["paths"] = paths
	return references(out).(object)
}

func pathItem(item, components object) object {
	out := object{}
	for key, value := range item {
		switch key {
		case "parameters":
			out[key] = parameters(value.([]any))
		case "get", "put", "post", "delete", "options", "head", "patch":
			out[key] = operation(value.(object), components)
		case "$ref":
			out[key] = value
		}
	}
	return out
}

func operation(op, components object) object {
	out := object{}
	for _, key := range []string{"operationId", "summary", "description", "tags", "deprecated", "security"} {
		if value, ok := op[key]; ok {
			out[key] = value
		}
	}
	list, _ := op["parameters"].([]any)
	params := parameters(list)
	if body := member(op, "requestBody"); body != nil {
		if ref, ok := body["$ref"].(string); ok {
			body = member(member(components, "requestBodies"), ref[strings.LastIndex(ref, "/")+1:])
		}
		more, consumes := requestBody(body)
		params = append(params, more...)
		out["consumes"] = consumes
	}
	out["parameters"] = params
	responses := object{}
	produces := map[string]bool{}
	for status, r := range member(op, "responses") {
		converted, media := response(r.(object))
		if strings.HasSuffix(status, "XX") {
			status = status[:1] + "00"
		}
		responses[status] = converted
		for _, m := range media {
			produces[m] = true
		}
	}
	var all []any
	for m := range produces {
		all = append(all, m)
	}
	out["responses"] = responses
	if all != nil {
		out["produces"] = all
	}
	return out
}

func parameters(list []any) []any {
	out := []any{}
	for _, p := range list {
		out = append(out, parameter(p.(object)))
	}
	return out
}

// parameter puts the schema of a parameter beside its name, as Swagger 2.0 has it.
func parameter(p object) object {
	if _, ok := p["$ref"]; ok {
		return p
	}
	out := object{}
	for key, value := range p {
		switch key {
		case "schema", "style", "explode", "content", "example", "examples", "allowReserved":
		default:
			out[key] = value
		}
	}
	flat(out, member(p, "schema"))
	if out["type"] == "array" && p["explode"] != false && p["in"] == "query" {
		out["collectionFormat"] = "multi"
	}
	return out
}

// flat copies what a parameter of Swagger 2.0 may say of its values; what is no primitive or array becomes a string.
func flat(out, schema object) {
	for _, key := range []string{"type", "format", "enum", "default", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems"} {
		if value, ok := schema[key]; ok {
			out[key] = value
		}
	}
	switch out["type"] {
	case "array":
		items := object{}
		flat(items, member(schema, "items"))
		out["items"] = items
	case "string", "integer", "number", "boolean":
	default:
		out["type"] = "string"
		for _, key := range []string{"format", "enum", "default"} {
			delete(out, key)
		}
	}
}

func requestBody(body object) (params, consumes []any) {
	for media, entry := range member(body, "content") {
		consumes = append(consumes, media)
		if params != nil {
			continue
		}
		e, _ := entry.(object)
		schema := member(e, "schema")
		if media == "application/x-www-form-urlencoded" || media == "multipart/form-data" {
			for name, property := range member(schema, "properties") {
				field := object{"name": name, "in": "formData"}
				p, _ := property.(object)
				if p["format"] == "binary" {
					field["type"] = "file"
				} else {
					flat(field, p)
				}
				params = append(params, field)
			}
			return params, []any{media}
		}
		if schema == nil {
			schema = object{}
		}
		params = []any{object{"name": "body", "in": "body", "required": body["required"] == true, "schema": schema}}
	}
	return params, consumes
}

func response(r object) (out object, media []string) {
	if _, ok := r["$ref"]; ok {
		return r, nil
	}
	out = object{"description": r["description"]}
	if out["description"] == nil {
		out["description"] = ""
	}
	for m, entry := range member(r, "content") {
		media = append(media, m)
		if e, ok := entry.(object); ok && e["schema"] != nil {
			out["schema"] = e["schema"]
		}
	}
	return out, media
}

func schemes(all object) object {
	out := object{}
	for name, value := range all {
		s, _ := value.(object)
		switch s["type"] {
		case "http":
			if s["scheme"] == "basic" {
				out[name] = object{"type": "basic"}
			} else {
				out[name] = object{"type": "apiKey", "in": "header", "name": "Authorization"}
			}
		case "oauth2":
			for flow, details := range member(s, "flows") {
				d, _ := details.(object)
				names := map[string]string{"authorizationCode": "accessCode", "clientCredentials": "application"}
				if renamed, ok := names[flow]; ok {
					flow = renamed
				}
				converted := object{"type": "oauth2", "flow": flow, "scopes": d["scopes"]}
				for _, key := range []string{"tokenUrl", "authorizationUrl"} {
					if d[key] != nil {
						converted[key] = d[key]
					}
				}
				out[name] = converted
			}
		default:
			out[name] = s
		}
	}
	return out
}

// references points every $ref to where Swagger 2.0 keeps its parts.
func references(value any) any {
	switch v := value.(type) {
	case object:
		if mapping, ok := v["discriminator"].(object); ok && mapping["propertyName"] != nil {
			v["discriminator"] = mapping["propertyName"]
		}
		if v["nullable"] != nil {
			v["x-nullable"] = v["nullable"]
			delete(v, "nullable")
		}
		for key, inner := range v {
			if ref, ok := inner.(string); ok && key == "$ref" {
				v[key] = strings.NewReplacer("#/components/schemas/", "#/definitions/", "#/components/", "#/").Replace(ref)
				continue
			}
			v[key] = references(inner)
		}
	case []any:
		for i := range v {
			v[i] = references(v[i])
		}
	}
	return value
}
