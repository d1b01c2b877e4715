import { pathToFileURL } from 'node:url';
import { errorText, UsageError } from '@healthapp/shared/runtime/errors';
import type { SendFunction } from './contract.ts';

/**
 * The function that a module of the user's exports.
 * @param file absolute.
 * @throws UsageError that names file and remedy.
 */
export async function loadSendFunction(name: string, file: string): Promise<SendFunction> {
  let module: { readonly default?: unknown; readonly send?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new UsageError(`the receiver ${name}: ${file} cannot be loaded: ${errorText(error)}`, { cause: error });
  }
  // What CommonJS exports as an object is the default export of an import.
  const whole = module.default as { readonly send?: unknown } | undefined;
  const found = [module.send, module.default, whole?.send].find((part) => typeof part === 'function');
  if (found !== undefined) return found as SendFunction;
  throw new UsageError(
    `the receiver ${name}: ${file} exports no function: write "export default async function (notification, context) { … }"`,
  );
}
