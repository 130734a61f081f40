"use strict";
// Shows an OpenAPI document. Whatever stands in it reaches the page as text only: nothing here parses HTML.
(() => {
  const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
  const byID = (id) => document.getElementById(id);
  let doc = {};

  // el makes an element; strings among the children become text.
  function el(tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props || {})) {
      if (key === "class") node.className = value;
      else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (typeof value === "boolean") node[key] = value;
      else node.setAttribute(key, value);
    }
    node.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
    return node;
  }

  const isObject = (v) => v !== null && typeof v === "object" && !Array.isArray(v);
  const entries = (v) => (isObject(v) ? Object.entries(v) : []);
  const list = (v) => (Array.isArray(v) ? v : []);
  const str = (v) => (typeof v === "string" ? v : "");
  const text = (v) => (str(v) ? el("p", { class: "text" }, v) : null);
  const show = (v) => (typeof v === "string" ? v : JSON.stringify(v, null, 2));

  // follow resolves references inside of the document.
  function follow(node) {
    for (let hops = 0; isObject(node) && typeof node.$ref === "string" && hops < 50; hops++) {
      if (!node.$ref.startsWith("#")) return {};
      let target = doc;
      for (const part of node.$ref.slice(1).split("/").slice(1)) {
        let key = part.replace(/~1/g, "/").replace(/~0/g, "~");
        if (isObject(target) && !Object.hasOwn(target, key)) {
          try { key = decodeURIComponent(key); } catch { /* as it is */ }
        }
        target = (isObject(target) && Object.hasOwn(target, key)) || Array.isArray(target) ? target[key] : undefined;
      }
      node = target;
    }
    return node === undefined ? {} : node;
  }

  const refName = (node) => (isObject(node) && str(node.$ref) ? node.$ref.split("/").pop() : "");

  // kind is a schema in a few words.
  function kind(schema) {
    const s = follow(schema);
    if (s === true) return "anything";
    if (s === false) return "nothing";
    if (!isObject(s)) return "";
    const words = [];
    const type = Array.isArray(s.type) ? s.type.join(" or ") : str(s.type);
    if (type === "array" && s.items !== undefined) words.push("array of " + (refName(s.items) || str(follow(s.items).type) || "items"));
    else if (type) words.push(type);
    if (refName(schema)) words.unshift(refName(schema));
    if (str(s.format)) words.push("(" + s.format + ")");
    if (s.nullable === true) words.push("or null");
    if ("const" in s) words.push("= " + show(s.const));
    if (Array.isArray(s.enum)) words.push("one of " + s.enum.slice(0, 20).map(show).join(", ") + (s.enum.length > 20 ? ", …" : ""));
    for (const key of ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
      "minItems", "maxItems", "minProperties", "maxProperties"]) {
      if (key in s) words.push(key + " " + show(s[key]));
    }
    if (s.uniqueItems === true) words.push("unique");
    if (s.readOnly === true) words.push("read only");
    if (s.writeOnly === true) words.push("write only");
    if ("default" in s) words.push("default " + show(s.default));
    return words.join(" ");
  }

  // parts are the schemas inside of a schema, with the role that each has.
  function parts(s) {
    const required = new Set(list(s.required));
    const found = [];
    for (const [name, p] of entries(s.properties)) found.push([name + (required.has(name) ? " *" : ""), p]);
    for (const [name, p] of entries(s.patternProperties)) found.push(["/" + name + "/", p]);
    if (isObject(s.additionalProperties)) found.push(["other members", s.additionalProperties]);
    if (s.additionalProperties === false) found.push(["other members", false]);
    if (isObject(s.items)) found.push(["items", s.items]);
    for (const key of ["prefixItems", "allOf", "oneOf", "anyOf"]) list(s[key]).forEach((p, i) => found.push([key + " " + (i + 1), p]));
    for (const key of ["not", "if", "then", "else", "contains", "propertyNames"]) if (isObject(s[key])) found.push([key, s[key]]);
    return found;
  }

  // schemaView is a schema; what is inside of it is built when it is opened, so that recursive ones end.
  function schemaView(label, schema, opened) {
    const s = follow(schema);
    const head = [el("code", {}, label), " ", el("span", { class: "note" }, kind(schema))];
    const inner = isObject(s) ? parts(s) : [];
    if (inner.length === 0) return el("div", {}, ...head, isObject(s) ? text(s.description) : null);
    const box = el("div", { class: "schema" });
    const fill = () => {
      if (box.childNodes.length > 0) return;
      const description = text(s.description);
      if (description) box.append(description);
      for (const [name, p] of inner) box.append(schemaView(name, p, false));
    };
    const details = el("details", { ontoggle: () => details.open && fill() }, el("summary", {}, ...head), box);
    if (opened) { details.open = true; fill(); }
    return el("div", { class: "schema-root" }, details);
  }

  // sample is a value to start from.
  function sample(schema, depth) {
    const s = follow(schema);
    if (!isObject(s) || depth > 6) return null;
    if ("example" in s) return s.example;
    if (list(s.examples).length > 0) return s.examples[0];
    if ("default" in s) return s.default;
    if ("const" in s) return s.const;
    if (list(s.enum).length > 0) return s.enum[0];
    const one = list(s.oneOf)[0] || list(s.anyOf)[0];
    if (one && !s.properties) return sample(one, depth + 1);
    const type = Array.isArray(s.type) ? s.type.find((t) => t !== "null") : s.type;
    if (type === "object" || s.properties || s.allOf) {
      const value = {};
      for (const part of list(s.allOf)) Object.assign(value, sample(part, depth + 1));
      for (const [name, p] of entries(s.properties)) {
        if (follow(p).readOnly !== true && (list(s.required).includes(name) || depth === 0)) {
          Object.defineProperty(value, name, { value: sample(p, depth + 1), enumerable: true, configurable: true, writable: true });
        }
      }
      return value;
    }
    if (type === "array") return s.items === undefined ? [] : [sample(s.items, depth + 1)];
    if (type === "integer" || type === "number") return s.minimum ?? 1;
    if (type === "boolean") return true;
    if (type === "string") {
      const formats = { "date-time": "2030-01-02T03:04:05Z", date: "2030-01-02", uuid: "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        email: "ada@example.org", uri: "https://example.org/" };
      return (Object.hasOwn(formats, s.format) && formats[s.format]) || (str(s.pattern) && matching(s.pattern)) || "x".repeat(Math.min(s.minLength || 1, 100));
    }
    return null;
  }

  // matching is a text that a pattern takes, or "" when it is beyond the syntax that is known here.
  function matching(pattern) {
    let i = 0, steps = 0;
    const escapes = { d: "0", w: "a", s: " ", t: "\t", n: "\n", r: "\r" };
    const first = (c) => escapes[c] ?? (/[A-Za-z0-9]/.test(c) ? null : c);
    function set() { // behind [
      const negated = pattern[i] === "^";
      if (negated) return null;
      let c = pattern[i++];
      if (c === "\\") c = first(pattern[i++]);
      while (i < pattern.length && pattern[i] !== "]") i += pattern[i] === "\\" ? 2 : 1;
      i++;
      return c;
    }
    function atom() {
      const c = pattern[i++];
      if (c === "(") {
        if (pattern[i] === "?") { if (pattern[i + 1] !== ":") return null; i += 2; }
        const inner = either();
        i++;
        return inner;
      }
      if (c === "[") return set();
      if (c === "\\") return first(pattern[i++]);
      return c === "^" || c === "$" ? "" : c === "." ? "x" : c;
    }
    function times() {
      const m = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(pattern.slice(i));
      if (!m) return 1;
      i += m[0].length;
      return m[1] !== undefined ? Math.min(Number(m[1]), 100) : m[0][0] === "+" ? 1 : 0;
    }
    function either() { // the first of alternatives; the others are read and left
      let found = null, now = "";
      while (i < pattern.length && pattern[i] !== ")") {
        if (++steps > 500) return null;
        if (pattern[i] === "|") { found ??= now; now = ""; i++; continue; }
        const one = atom();
        if (one === null) return null;
        now += one.repeat(times());
      }
      return found ?? now;
    }
    try {
      const text = either();
      return text !== null && new RegExp(pattern, "u").test(text) ? text : "";
    } catch { return ""; }
  }

  // basePath is the path of the first server that applies.
  function basePath(...owners) {
    const server = owners.map((o) => list(o.servers)[0]).find(isObject);
    if (!server) return str(doc.basePath).replace(/\/+$/, "");
    let url = str(server.url);
    for (const [name, v] of entries(server.variables)) url = url.replaceAll("{" + name + "}", str(v.default));
    try { return new URL(url, location.href.replace(/\/docs.*$/, "/")).pathname.replace(/\/+$/, ""); } catch { return ""; }
  }

  function operations() {
    const found = [];
    for (const [path, raw] of entries(doc.paths)) {
      const item = follow(raw);
      if (!isObject(item)) continue;
      const all = methods.filter((m) => isObject(item[m])).map((m) => [m.toUpperCase(), item[m]]);
      for (const [m, op] of entries(item.additionalOperations)) if (isObject(op)) all.push([m, op]);
      for (const [method, op] of all) {
        const parameters = new Map();
        for (const p of [...list(item.parameters), ...list(op.parameters)].map(follow)) if (isObject(p)) parameters.set(p.in + ":" + p.name, p);
        found.push({ method, op, path: basePath(op, item, doc) + path, parameters: [...parameters.values()],
          id: str(op.operationId) || method + " " + path, tags: list(op.tags).filter(str) });
      }
    }
    return found;
  }

  function parametersView(o) {
    if (o.parameters.length === 0) return null;
    return el("div", {}, el("h3", {}, "Parameters"), el("table", {}, el("tbody", {}, ...o.parameters.map((p) => el("tr", {},
      el("td", {}, el("code", {}, str(p.name)), p.required === true ? " *" : ""),
      el("td", {}, str(p.in)),
      el("td", {}, kind(p.schema ?? follow(Object.values(p.content || {})[0]).schema ?? p), text(p.description)))))));
  }

  function contentView(content) {
    return entries(content).map(([type, media]) => {
      const m = follow(media);
      return el("div", {}, el("code", {}, type), m.schema !== undefined ? schemaView("body", m.schema, true) : null);
    });
  }

  function responsesView(o) {
    return el("div", {}, el("h3", {}, "Responses"), ...entries(o.op.responses).map(([status, raw]) => {
      const r = follow(raw);
      const headers = entries(r.headers).map(([name, h]) => el("div", {}, el("code", {}, name), " ", kind(follow(h).schema)));
      return el("div", { class: "response" }, el("strong", {}, status), " ", el("span", { class: "note" }, str(r.description)), ...headers, ...contentView(r.content));
    }));
  }

  function scopes(o) {
    const wanted = new Set();
    for (const need of list(o.op.security ?? doc.security)) for (const [, names] of entries(need)) list(names).forEach((n) => wanted.add(n));
    return [...wanted];
  }

  function securityView(o) {
    const needs = list(o.op.security ?? doc.security).map((need) => entries(need)
      .map(([name, names]) => name + (list(names).length ? " (" + names.join(", ") + ")" : "")).join(" and ") || "nothing");
    return needs.length ? el("p", { class: "note" }, "Needs " + needs.join(", or ")) : null;
  }

  // tryView is a form that sends the operation to this service.
  function tryView(o) {
    const inputs = o.parameters.filter((p) => ["path", "query", "header"].includes(p.in)).map((p) => {
      const start = p.example ?? follow(p.schema ?? {}).default ?? (p.required === true ? sample(p.schema ?? p, 1) : "");
      return { p, input: el("input", { value: start === null ? "" : typeof start === "object" ? JSON.stringify(start) : String(start), "data-parameter": str(p.name) }) };
    });
    const content = entries(follow(o.op.requestBody).content);
    const type = el("select", {}, ...content.map(([name]) => el("option", { value: name }, name)));
    const body = el("textarea", { spellcheck: "false" });
    const fill = () => {
      const media = follow((content.find(([name]) => name === type.value) || [null, {}])[1]);
      const value = "example" in media ? media.example : sample(media.schema, 0);
      body.value = value === null ? "" : show(value);
    };
    if (content.length > 0) fill();
    type.addEventListener("change", fill);
    const answer = el("div", { class: "answer" });
    const send = el("button", { type: "button", class: "send", onclick: () => run(o, inputs, content.length > 0 ? { type, body } : null, answer) }, "Send");
    return el("div", {}, el("h3", {}, "Try it"),
      ...inputs.map(({ p, input }) => el("label", { class: "field" }, el("code", {}, str(p.name)), input)),
      content.length > 0 ? el("div", {}, type, body) : null, send, answer);
  }

  async function run(o, inputs, payload, answer) {
    let path = o.path;
    const query = [], headers = { Accept: "*/*" };
    for (const { p, input } of inputs) {
      const value = input.value;
      if (p.in === "path") path = path.replaceAll("{" + p.name + "}", () => encodeURIComponent(value));
      if (value === "") continue;
      if (p.in === "query") {
        const several = follow(p.schema ?? {}).type === "array" && p.explode !== false ? value.split(",") : [value];
        several.forEach((v) => query.push(encodeURIComponent(p.name) + "=" + encodeURIComponent(v)));
      }
      if (p.in === "header") headers[p.name] = value;
    }
    if (byID("token").value.trim()) headers.Authorization = "Bearer " + byID("token").value.trim();
    if (payload) headers["Content-Type"] = payload.type.value;
    const url = path + (query.length ? "?" + query.join("&") : "");
    answer.replaceChildren(el("p", { class: "note" }, o.method + " " + url));
    try {
      if (!url.startsWith("/") || url.startsWith("//")) throw new Error("the path leads away from this service");
      const response = await fetch(url, { method: o.method, headers, body: payload && payload.body.value !== "" ? payload.body.value : undefined,
        credentials: "omit", redirect: "manual" });
      let content = await response.text();
      try { content = JSON.stringify(JSON.parse(content), null, 2); } catch { /* not JSON */ }
      const more = content.length > 100000 ? "\n…" : "";
      answer.append(el("p", {}, el("strong", { class: "code " + (response.ok ? "fine" : "error") }, String(response.status)), " " + response.statusText),
        el("pre", { class: "body" }, content.slice(0, 100000) + more),
        el("details", {}, el("summary", { class: "note" }, "Headers"), el("pre", {}, [...response.headers].map(([name, v]) => name + ": " + v).join("\n"))));
    } catch (err) {
      answer.append(el("p", { class: "error" }, String(err.message)));
    }
  }

  function operationView(o) {
    const inner = el("div");
    const fill = () => {
      if (inner.childNodes.length > 0) return;
      const request = follow(o.op.requestBody);
      const all = [text(o.op.description), securityView(o), parametersView(o),
        entries(request.content).length ? el("div", {}, el("h3", {}, "Body" + (request.required === true ? " *" : "")), text(request.description), ...contentView(request.content)) : null,
        responsesView(o), tryView(o)];
      inner.append(...all.filter(Boolean));
    };
    const details = el("details", { class: "operation" + (o.op.deprecated === true ? " deprecated" : ""), ontoggle: () => details.open && fill() },
      el("summary", {}, el("span", { class: "method " + (/^[A-Z]+$/.test(o.method) ? o.method : "") }, o.method), el("span", { class: "path" }, o.path), " ",
        el("span", { class: "note" }, str(o.op.summary) || str(o.op.operationId), o.op.deprecated === true ? " (deprecated)" : "")), inner);
    details.dataset.operation = o.id;
    details.reveal = () => { details.open = true; fill(); details.scrollIntoView(); };
    return details;
  }

  function render() {
    const info = isObject(doc.info) ? doc.info : {};
    byID("title").textContent = (str(info.title) || document.title) + " " + str(info.version);
    const groups = new Map();
    for (const t of list(doc.tags)) if (isObject(t) && str(t.name)) groups.set(t.name, []);
    const all = operations();
    for (const o of all) {
      for (const tag of o.tags.length ? o.tags : ["Operations"]) {
        if (!groups.has(tag)) groups.set(tag, []);
        groups.get(tag).push(o);
      }
    }
    const main = byID("operations");
    main.replaceChildren(...[text(info.description)].filter(Boolean));
    for (const [tag, found] of groups) {
      if (found.length === 0) continue;
      const about = list(doc.tags).find((t) => isObject(t) && t.name === tag);
      main.append(el("section", {}, el("h2", {}, tag), about ? text(about.description) : null, ...found.map(operationView)));
    }
    byID("status").textContent = all.length + " operations";
    filter();
    jump();
  }

  function filter() {
    const wanted = byID("filter").value.toLowerCase();
    for (const section of document.querySelectorAll("main section")) {
      let any = false;
      for (const op of section.querySelectorAll("details.operation")) {
        op.hidden = wanted !== "" && !(op.dataset.operation + " " + op.querySelector("summary").textContent).toLowerCase().includes(wanted);
        any = any || !op.hidden;
      }
      section.hidden = !any;
    }
  }

  function jump() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it is */ }
    const target = id && [...document.querySelectorAll("details.operation")].find((op) => op.dataset.operation === id);
    if (target) target.reveal();
  }

  async function load(version) {
    const url = "/openapi.json" + (version ? "?version=" + encodeURIComponent(version) : "");
    byID("download").href = url;
    try {
      const response = await fetch(url, { credentials: "omit" });
      if (!response.ok) throw new Error("the contract can't be read: " + response.status);
      const read = await response.json();
      doc = isObject(read) ? read : {};
      render();
    } catch (err) {
      byID("status").textContent = String(err.message);
      byID("status").className = "error";
    }
  }

  async function newToken() {
    const wanted = new Set(operations().flatMap(scopes));
    const response = await fetch("/docs/token", { method: "POST", credentials: "omit",
      headers: { "Content-Type": "application/json", "X-Docs": "1" }, body: JSON.stringify({ scopes: [...wanted] }) });
    const answer = await response.json();
    if (response.ok) byID("token").value = str(answer.token);
    byID("status").textContent = response.ok ? "The token grants every scope of the contract." : str(answer.detail);
  }

  const versions = document.documentElement.dataset.versions.split(" ").filter(Boolean);
  if (versions.length > 1) {
    byID("version").append(...versions.map((v) => el("option", { value: v }, v)));
    byID("version-label").hidden = false;
    byID("version").addEventListener("change", () => load(byID("version").value));
  }
  if (document.documentElement.dataset.token === "true") byID("new-token").hidden = false;
  byID("new-token").addEventListener("click", () => newToken().catch((err) => { byID("status").textContent = String(err.message); }));
  byID("filter").addEventListener("input", filter);
  window.addEventListener("hashchange", jump);
  load(versions[0] || "");
})();
