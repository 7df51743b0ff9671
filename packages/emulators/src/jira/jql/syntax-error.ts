import { type JQLParseError, JQLSyntaxError } from "@atlaskit/jql-ast";

const operators = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'";

/** The grammar's error as Jira words it: what was expected, what came instead, and where. */
export const syntaxErrorSentence = (jql: string, error: JQLParseError): string => {
  if (!(error instanceof JQLSyntaxError)) return `Error in the JQL Query: ${error.description}`;
  const { expected, advice } = expectation(error.message);
  const token = jql.slice(error.start, error.stop).trim();
  if (token === "")
    return `Error in the JQL Query: Expecting ${expected} before the end of the query.${advice("")}`;
  const place = `(line ${error.line}, character ${error.charPositionInLine + 1})`;
  return `Error in the JQL Query: Expecting ${expected} but got '${token}'.${advice(token)} ${place}`;
};

interface Expectation {
  readonly expected: string;
  readonly advice: (token: string) => string;
}

/** What a message of the grammar says to be missing: `… expecting {EMPTY, STRING}`, `missing ')' at …`. */
const expectation = (message: string): Expectation => {
  const missing = /^missing (\S+) at /.exec(message)?.[1];
  const tokens = missing ?? message.slice(message.lastIndexOf("expecting ") + "expecting ".length);
  const plain = (expected: string): Expectation => ({ expected, advice: () => "" });
  if (tokens.includes("'!~'"))
    return { expected: "operator", advice: () => ` The valid operators are ${operators}.` };
  if (tokens.includes("CUSTOMFIELD")) return plain("a field name");
  if (tokens.includes("STRING"))
    return {
      expected: "either a value, list or function",
      advice: (token) =>
        token === "" ? "" : ` You must surround '${token}' in quotation marks to use it as a value.`,
    };
  return tokens.includes("<EOF>") ? plain("either 'OR' or 'AND'") : plain(tokens.replaceAll(/[{}]/g, ""));
};
