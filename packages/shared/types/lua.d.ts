/** A Lua script's text; the bundler and the test runner both load `.lua` files as text. */
declare module '*.lua' {
  const source: string;
  export default source;
}
