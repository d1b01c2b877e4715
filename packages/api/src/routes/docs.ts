/** `/docs`: the OpenAPI document as a page to read, without a script. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { AppEnv } from '../http/bindings.ts';

/** As much of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1) as our own document uses. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string | undefined };
  readonly paths?: Readonly<Record<string, PathItem>> | undefined;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> } | undefined;
}

type PathItem = object;

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly description?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

const methods = ['get', 'post', 'put', 'delete'] as const;

/** What a reader can follow; ours are not deeper, and one that refers to itself would never end. */
const deepest = 6;

const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; border-top: 1px solid #8886; padding-top: 1rem; font: 600 1.1rem/1.5 ui-monospace, monospace; }
h3 { margin: 1rem 0 0.25rem; font-size: 1rem; }
code { font: 0.95em ui-monospace, monospace; }
ul { margin: 0.25rem 0; padding-left: 1.25rem; }
nav ul { list-style: none; padding: 0; columns: 20rem; }
.quiet { opacity: 0.8; }
`;

/** @param document made once all routes stand. */
export function docsRoutes(document: () => ApiDocument) {
  let page: ReturnType<typeof pageOf> | undefined;
  return new Hono<AppEnv>()
    .get('/docs/page.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
    .get('/docs', (c) => {
      page ??= pageOf(document());
      return c.html(page, 200, { 'cache-control': 'no-cache' });
    });
}

interface Entry {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function entriesOf(document: ApiDocument): Entry[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = (item as Partial<Record<string, Operation>>)[method];
      const id = `${method}-${path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}`;
      return operation === undefined ? [] : [{ id, method: method.toUpperCase(), path, operation }];
    }),
  );
}

function pageOf(document: ApiDocument) {
  const { title, version, description } = document.info;
  const entries = entriesOf(document);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} API</title>
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<h1>${title} API <small class="quiet">${version}</small></h1>
<p>${description ?? ''} JSON; times are milliseconds since 1970; errors are
<code>application/problem+json</code> (RFC 9457), whose <code>detail</code> says what would be right.</p>
<p>Sign in on the page, or send an API token: <code>Authorization: Bearer …</code>
(<code>healthapp tokens add NAME --role viewer</code>). For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
<nav aria-label="Operations"><ul>
${entries.map(({ id, method, path }) => html`<li><a href="#${id}"><code>${method} ${path}</code></a></li>`)}
</ul></nav>
<main>
${entries.map((entry) => sectionOf(entry, document))}
</main>
</body>
</html>`;
}

function sectionOf({ id, method, path, operation }: Entry, document: ApiDocument) {
  const { summary, description, parameters = [], requestBody, responses = {} } = operation;
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${method} ${path}</h2>
${[summary, description].filter(Boolean).map((text) => html`<p>${prose(text)}</p>`)}
${parameters.length === 0 ? '' : html`<h3>Parameters</h3><ul>${parameters.map((parameter) => parameterOf(parameter, document))}</ul>`}
${body === undefined ? '' : html`<h3>Body</h3>${schemaOf(body, document, 0)}`}
<h3>Answers</h3>
<ul>${Object.entries(responses).map(([status, { description: text, content = {} }]) => {
    const forms = Number(status) >= 400 ? '' : formsOf(content, document);
    return html`<li><code>${status}</code> ${prose(text)}${forms}</li>`;
  })}</ul>
</section>`;
}

/** Each form that an answer can have. That it is JSON goes without saying. */
function formsOf(content: Content, document: ApiDocument) {
  const forms = Object.entries(content);
  return forms.map(([type, { schema = {} }]) => {
    const shape = schemaOf(schema, document, 0);
    return forms.length === 1 && type === 'application/json' ? shape : html`<p><code>${type}</code></p>${shape}`;
  });
}

/** What stands between backticks is code. */
function prose(text = '') {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

function parameterOf({ name, in: where, required, description, schema }: Parameter, document: ApiDocument) {
  const need = required === true || where === 'path' ? '' : html` <span class="quiet">optional</span>`;
  const text = description ?? schema?.description ?? '';
  return html`<li><code>${name}</code> <span class="quiet">${typeOf(schema, document)} in the ${where}</span>${need} ${prose(text)}</li>`;
}

/** The fields of an object, or of the objects in a list, as nested lists; of anything else its type. */
function schemaOf(given: Schema, document: ApiDocument, depth: number): ReturnType<typeof html> | string {
  const schema = resolved(given, document);
  const inner = schema.items === undefined ? schema : resolved(schema.items, document);
  const parts = [inner, ...(inner.allOf ?? []), ...(inner.anyOf ?? []), ...(inner.oneOf ?? [])].map((part) =>
    resolved(part, document),
  );
  const fields = parts.flatMap((part) => Object.entries(part.properties ?? {}));
  if (fields.length === 0 || depth >= deepest)
    return depth === 0
      ? html`<p><span class="quiet">${typeOf(given, document)}</span> ${prose(schema.description)}</p>`
      : '';
  const needed = new Set(parts.flatMap((part) => part.required ?? []));
  return html`<ul>${fields.map(([name, field]) => {
    const need = needed.has(name) ? '' : html` <span class="quiet">optional</span>`;
    const text = field.description ?? resolved(field, document).description ?? '';
    return html`<li><code>${name}</code> <span class="quiet">${typeOf(field, document)}</span>${need} ${prose(text)}${schemaOf(field, document, depth + 1)}</li>`;
  })}</ul>`;
}

function typeOf(given: Schema | undefined, document: ApiDocument): string {
  if (given === undefined) return 'any';
  const schema = resolved(given, document);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map((choice) => typeOf(choice, document)))].join(' | ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items, document)}`;
  const { type = 'object' } = schema;
  return typeof type === 'string' ? type : type.join(' | ');
}

function resolved(schema: Schema, document: ApiDocument): Schema {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  return name === undefined ? schema : ((document.components?.schemas?.[name] ?? {}) as Schema);
}
