/**
 * Whether arrays and objects of a JSON text lie more than `most` deep. Whoever walks a value by recursion (schemas,
 * JSON.stringify, Redis' cjson at 1,000) would run out of stack on `[[[[…`, which 64 KiB have room for.
 * Builds nothing. What is no JSON is the parser's to refuse.
 */
export function isDeeperThan(most: number, json: string): boolean {
  // Most texts open fewer than that in all, which is found out in a tenth of the time.
  return occursMoreThan(most, json, '{', '[') && depthExceeds(most, json);
}

function occursMoreThan(most: number, text: string, ...characters: readonly string[]): boolean {
  let count = 0;
  for (const character of characters) {
    for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
      count += 1;
      if (count > most) return true;
    }
  }
  return false;
}

function depthExceeds(most: number, json: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (inText) {
      if (code === backslash) at += 1;
      else if (code === quote) inText = false;
    } else if (code === quote) {
      inText = true;
    } else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === closeBracket || code === closeBrace) {
      depth -= 1;
    }
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
