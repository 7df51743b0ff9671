const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

/**
 * JQL's `~` without the stems: every word of the query is in the text, `word*` as its beginning, and a phrase in
 * quotation marks stands there as it is.
 */
export const textMatches = (query: string, text: string): boolean => {
  const present = wordsOf(text);
  const phrases = [...query.matchAll(/"([^"]*)"/g)].map(([, phrase = ""]) => wordsOf(phrase));
  const rest = query.replaceAll(/"[^"]*"/g, " ").match(/[\p{L}\p{N}_]+\*?/gu) ?? [];
  return (
    phrases.every((phrase) => holdsPhrase(present, phrase)) &&
    rest.every((word) => {
      const lower = word.toLowerCase();
      return lower.endsWith("*")
        ? present.some((one) => one.startsWith(lower.slice(0, -1)))
        : present.includes(lower);
    })
  );
};

const holdsPhrase = (words: readonly string[], phrase: readonly string[]): boolean =>
  words.some((_, start) => phrase.every((word, offset) => words[start + offset] === word));
