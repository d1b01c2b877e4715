/** Checks what is sent against what a vendor publishes. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
// It has no default export that TypeScript and Node agree on.
const Ajv = require('ajv-draft-04').default as new (
  options: object,
) => { compile(schema: object): ((value: unknown) => boolean) & { errors?: unknown } };

/** @returns what is wrong with a value by the schema, as text; null: nothing. */
export function schemaCheck(schema: object): (value: unknown) => string | null {
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  return (value) => (validate(value) ? null : JSON.stringify(validate.errors));
}
