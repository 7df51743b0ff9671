type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema as OpenAI takes it for an answer that has to fit (its guide "Structured model outputs"): every property is
 * required, no others are permitted, and what was optional may be null. Bounds on the length of a text are left to the
 * caller, who checks the answer anyway.
 */
export const strictSchema = (schema: Schema): Schema => {
  const { minLength: _minLength, maxLength: _maxLength, default: _default, oneOf, ...rest } = schema;
  const choices = rest["anyOf"] ?? oneOf;
  return {
    ...rest,
    ...(Array.isArray(choices) ? { anyOf: choices.map((choice) => strictSchema(asSchema(choice))) } : {}),
    ...(rest["items"] === undefined ? {} : { items: strictSchema(asSchema(rest["items"])) }),
    ...(rest["type"] === "object" ? strictObject(rest) : {}),
  };
};

const strictObject = (schema: Schema): Schema => {
  const properties = asSchema(schema["properties"]);
  const required = requiredIn(schema);
  return {
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => {
        const strict = strictSchema(asSchema(value));
        return [name, required.has(name) ? strict : { anyOf: [strict, { type: "null" }] }];
      }),
    ),
    required: Object.keys(properties),
    additionalProperties: false,
  };
};

/** The answer to a strict schema as one to the schema that it was made from: what is optional and null is left out. */
export const withoutNulls = (answer: unknown, schema: Schema): unknown => {
  if (Array.isArray(answer)) return answer.map((entry) => withoutNulls(entry, asSchema(schema["items"])));
  if (typeof answer !== "object" || answer === null) return answer;
  const properties = asSchema(schema["properties"]);
  const required = requiredIn(schema);
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([name, value]) => value !== null || required.has(name))
      .map(([name, value]) => [name, withoutNulls(value, asSchema(properties[name]))]),
  );
};

const requiredIn = (schema: Schema): ReadonlySet<unknown> =>
  new Set(Array.isArray(schema["required"]) ? schema["required"] : []);

const asSchema = (value: unknown): Schema =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
