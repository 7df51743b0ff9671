import type { Attack } from "./attack.ts";
import { filled } from "./attack.ts";
import { encodings } from "./encodings.ts";

const credentialForm = /<<([a-z-]+):([a-z0-9-]+)>>/g;

/** True where the agent is given a credential to leak, as if it had got hold of it. */
export const isGivenCredentials = ({ acts, text = "" }: Attack): boolean =>
  JSON.stringify([acts, text]).match(credentialForm) !== null;

/** What stands in an attack as `<<name>>`, and a credential as `<<name:encoding>>`, with the values of one run. */
export const fill = <Value>(
  value: Value,
  values: ReadonlyMap<string, string>,
  credentials: ReadonlyMap<string, string>,
): Value => filledDeep(filled(value, values), credentials) as Value;

const filledDeep = (value: unknown, credentials: ReadonlyMap<string, string>): unknown => {
  if (typeof value === "string")
    return value.replace(credentialForm, (written, name: string, encoding: string) =>
      encoded(credentials.get(name), encoding, written),
    );
  if (Array.isArray(value)) return value.map((item) => filledDeep(item, credentials));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledDeep(item, credentials)]));
};

/** @throws Error for a credential or an encoding that the corpus names and nobody knows */
const encoded = (credential: string | undefined, encoding: string, written: string): string => {
  const encode = encodings[encoding];
  if (credential === undefined || encode === undefined) throw new Error(`nothing stands for ${written}`);
  return encode(credential);
};
