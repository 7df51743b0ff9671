/** A token of GitHub's expression language. */
export interface Token {
  readonly kind: "name" | "string" | "number" | "symbol";
  readonly text: string;
}

const maxTokens = 5000;
const patterns: readonly (readonly [Token["kind"], RegExp])[] = [
  ["number", /[+-]?(?:0[xo][0-9a-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(?![\w-])/iy],
  ["name", /[a-z_][\w-]*/iy],
  ["string", /'(?:[^']|'')*'/y],
  ["symbol", /&&|\|\||[!=<>]=|[!<>()[\],.*]/y],
];

/** Tokens of the text between `${{` and `}}`, or null where it is no expression. */
export const tokensOf = (text: string): readonly Token[] | null => {
  const tokens: Token[] = [];
  let position = 0;
  for (;;) {
    position += /^\s*/.exec(text.slice(position))?.[0].length ?? 0;
    if (position >= text.length) return tokens;
    const token = tokenAt(text, position);
    if (token === null || tokens.length >= maxTokens) return null;
    tokens.push(token);
    position += token.text.length;
  }
};

const tokenAt = (text: string, position: number): Token | null => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (found !== null) return { kind, text: found[0] };
  }
  return null;
};
