// @ts-check
/** Whether a file is a valid OpenAPI 3.1 document: openapi-check.js FILE. */
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: openapi-check.js FILE');

const document = JSON.parse(readFileSync(file, 'utf8'));
const validator = new Validator();
const { valid, errors } = await validator.validate(document);
const paths = Object.keys(document.paths ?? {});

if (valid && validator.version === '3.1' && paths.length > 0) {
  process.stdout.write(`  a valid OpenAPI ${document.openapi} document of ${paths.length} paths\n`);
} else {
  process.stderr.write(`not a valid OpenAPI 3.1 document (it says ${document.openapi}, ${paths.length} paths)\n`);
  process.stderr.write(`${typeof errors === 'string' ? errors : JSON.stringify(errors, null, 2)}\n`);
  process.exitCode = 1;
}
