/** Requests to every route that an OpenAPI document describes, from nearly right to hostile. */
import fc from 'fast-check';
import { nastyJson, nastyNumber, nastyText } from './hostile.ts';

export interface Route {
  readonly method: string;
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly query: readonly string[];
  /** Of the JSON body; null: the route takes none. */
  readonly body: Schema | null;
}

export interface FuzzRequest {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** As much of JSON Schema as the API's document uses. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export function routesOf(document: Document): Route[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      query: (operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      body: operation.requestBody?.content?.['application/json']?.schema ?? null,
    })),
  );
}

/** @param usualNames that exist, so that some requests reach what they mean. */
export function requestsTo(
  routes: readonly Route[],
  document: Document,
  usualNames: readonly string[],
): fc.Arbitrary<FuzzRequest> {
  const name = fc.oneof(fc.constantFrom(...usualNames), nastyText);
  return fc.constantFrom(...routes).chain((route) => {
    const places = route.path.match(/\{[^}]+\}/g) ?? [];
    return fc.record({
      route: fc.constant(`${route.method} ${route.path}`),
      method: fc.oneof(
        { weight: 20, arbitrary: fc.constant(route.method) },
        {
          weight: 1,
          arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'),
        },
      ),
      path: fc
        .record({ filled: fc.tuple(...places.map(() => name)), query: queryOf(route, name) })
        .map(({ filled, query }) => pathOf(route.path, places, filled) + query),
      headers: headersOf(route),
      body: bodyOf(route, document),
    });
  });
}

function pathOf(template: string, places: readonly string[], filled: readonly string[]): string {
  return places.reduce((path, place, index) => path.replace(place, () => encoded(filled[index] ?? '')), template);
}

/** As a browser would; a lone surrogate has no encoding, so its bytes stand in for it. */
function encoded(text: string): string {
  return Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._:~-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  }).join('');
}

function queryOf(route: Route, name: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const key = route.query.length === 0 ? nastyText : fc.oneof(fc.constantFrom(...route.query), nastyText);
  const value = fc.oneof(name, fc.constantFrom('1', '100', '24h', '7d', 'active', 'closed', 'up', 'env=prod', 'name'));
  return fc
    .array(fc.tuple(key, value), { maxLength: 3 })
    .map((pairs) =>
      pairs.length === 0 ? '' : `?${pairs.map(([one, other]) => `${encoded(one)}=${encoded(other)}`).join('&')}`,
    );
}

function headersOf(route: Route): fc.Arbitrary<Record<string, string>> {
  const type = fc.oneof(
    { weight: 12, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'text/plain',
        'application/json; charset=utf-7',
        'multipart/form-data',
        'application/x-www-form-urlencoded',
        'x',
      ),
    },
  );
  const extra = fc.dictionary(
    fc.constantFrom('accept', 'last-event-id', 'if-none-match', 'cookie', 'accept-language', 'range', 'x-request-id'),
    nastyText.map((text) => text.replace(/[^\t\x20-\x7e]/g, '?').slice(0, 2000)),
    { maxKeys: 2, noNullPrototype: true },
  );
  return fc
    .tuple(type, extra)
    .map(([contentType, others]) => (route.body === null ? others : { 'content-type': contentType, ...others }));
}

function bodyOf(route: Route, document: Document): fc.Arbitrary<string | undefined> {
  if (route.body === null) return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, nastyText);
  return fc.oneof(
    { weight: 8, arbitrary: nearlyRight(route.body, document, 0).map(jsonOf) },
    { weight: 2, arbitrary: nastyJson.map(jsonOf) },
    { weight: 1, arbitrary: nastyText },
    { weight: 1, arbitrary: fc.constantFrom(undefined, '[', '{"a":', `${'['.repeat(5000)}`, '1'.repeat(70_000)) },
  );
}

/** Mostly what the schema asks for; each part may be something else, be missing, or have company. */
function nearlyRight(schema: Schema, document: Document, depth: number): fc.Arbitrary<unknown> {
  const right = depth > 6 ? fc.constant(null) : rightValue(schema, document, depth);
  return fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: nastyJson });
}

function rightValue(schema: Schema, document: Document, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const named = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
    return named === undefined ? nastyJson : rightValue(named, document, depth + 1);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const variants = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (variants !== undefined) return fc.oneof(...variants.map((variant) => nearlyRight(variant, document, depth + 1)));
  const [type] = typeof schema.type === 'object' ? schema.type : [schema.type];
  switch (type) {
    case 'object': {
      const members = Object.entries(schema.properties ?? {}).map(
        ([name, member]) => [name, nearlyRight(member, document, depth + 1)] as const,
      );
      return fc
        .tuple(
          fc.record(Object.fromEntries(members), { requiredKeys: [], noNullPrototype: true }),
          fc.oneof(
            { weight: 6, arbitrary: fc.constant({}) },
            fc.dictionary(nastyText, nastyJson, { maxKeys: 2, noNullPrototype: true }),
          ),
        )
        .map(([known, unknown]) => ({ ...unknown, ...known }));
    }
    case 'array':
      return fc.array(nearlyRight(schema.items ?? {}, document, depth + 1), { maxLength: 4 });
    case 'number':
    case 'integer': {
      const from = Math.max(schema.minimum ?? 0, -(2 ** 31));
      return fc.oneof(
        fc.integer({ min: Math.ceil(from), max: Math.min(schema.maximum ?? 2 ** 31, 2 ** 31) }),
        nastyNumber,
      );
    }
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.oneof(
        nastyText,
        fc.constantFrom('web-1', 'offline', 'planned work', 'UTC', 'Europe/Berlin', 'FREQ=DAILY'),
      );
    default:
      return nastyJson;
  }
}

/** Text of any value; what JSON has no word for is null. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
