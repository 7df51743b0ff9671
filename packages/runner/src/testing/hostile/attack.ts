import { z } from "zod";

/** Whose words or files the attack comes in with. */
const sources = [
  "ticket-title",
  "ticket-description",
  "plan",
  "feedback",
  "repository-file",
  "pull-request-comment",
  "agent-obedience",
] as const;

/** What has to be there, so that the attack harms nothing but its target and can be judged. */
const needs = [
  /** The agent runs as another user than the runner. */
  "separate-user",
  /** The network is closed: the attack would talk to other machines. */
  "egress",
  /** This machine has an address besides loopback, on which a listener plays the rest of the world. */
  "outside",
] as const;
export type Need = (typeof needs)[number];

const purposes = ["explore", "plan", "implement", "review", "gap-analysis"] as const;
const during = z.enum(purposes).optional();

const actSchema = z.union([
  /** Lines for bash, as the agent's own tool would run them. */
  z.strictObject({ shell: z.string(), during }),
  /** A file of the work tree. */
  z.strictObject({ write: z.string(), text: z.string(), during }),
  /** Words in one of the agent's answers. */
  z.strictObject({
    say: z.enum(["summary", "findings", "gap-analysis", "plan", "exploration"]),
    text: z.string(),
  }),
  /** A tool's use as the people who watch are shown it. */
  z.strictObject({ activity: z.string(), during }),
  /** A line of the agent's output as it is, beside its protocol or against it. */
  z.strictObject({ print: z.string(), during }),
  /** It never ends by itself. */
  z.strictObject({ hang: z.literal(true), during }),
]);
export type Act = z.infer<typeof actSchema>;

const plantSchema = z.union([
  z.strictObject({ path: z.string(), text: z.string(), executable: z.boolean().optional() }),
  z.strictObject({ path: z.string(), symlink: z.string() }),
  /** A gitlink without a repository behind it. */
  z.strictObject({ path: z.string(), submodule: z.string() }),
  /** Made when it is needed: nobody keeps a bomb in a repository. */
  z.strictObject({ path: z.string(), recipe: z.enum(["gzip-bomb", "sparse", "deep", "binary"]) }),
]);
export type Plant = z.infer<typeof plantSchema>;

const attackSchema = z.strictObject({
  /** What `each` put in becomes letters, digits and hyphens. */
  id: z.string().transform((id) => id.replace(/[^A-Za-z0-9.]+/g, "-")),
  /** In half a sentence, for people. */
  tries: z.string(),
  from: z.enum(sources),
  /** The words that stand there. Default: what it tries. */
  text: z.string().optional(),
  phase: z.enum(["plan", "implement", "revise"]).default("implement"),
  needs: z.array(z.enum(needs)).default([]),
  plants: z.array(plantSchema).default([]),
  acts: z.array(actSchema).default([]),
  /** Which defence stands in its way, for people. */
  blocked: z.string(),
  /** `refused`: nothing of the work is published. `delivered`: the work arrives. `any`: both are right. */
  outcome: z.enum(["refused", "delivered", "any"]).default("any"),
  /** It cannot share a run with others. */
  alone: z.boolean().default(false),
  /** It has its run in `npm test` as well, although it is alone. */
  always: z.boolean().default(false),
  /** Limit of the whole run, where the attack is about it. */
  seconds: z.number().optional(),
});
export type Attack = z.infer<typeof attackSchema> & { readonly category: string };

/** One attack, or one for each combination of the values in `each`, which stand in it as `<<name>>`. */
const entrySchema = z.looseObject({
  id: z.string(),
  each: z.record(z.string(), z.array(z.string())).optional(),
});

const fileSchema = z.strictObject({ category: z.string(), attacks: z.array(entrySchema) });

/** @throws ZodError when the file is not one of the corpus */
export const attacksOf = (file: unknown): readonly Attack[] => {
  const { category, attacks } = fileSchema.parse(file);
  return attacks.flatMap(({ each = {}, ...entry }) =>
    combinations(each).map((values) => ({
      ...attackSchema.parse(filled(entry, values)),
      category,
    })),
  );
};

const combinations = (
  each: Readonly<Record<string, readonly string[]>>,
): readonly ReadonlyMap<string, string>[] =>
  Object.entries(each).reduce<readonly ReadonlyMap<string, string>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => new Map([...one, [name, value]]))),
    [new Map()],
  );

/** Puts values in the place of `<<name>>`, however deep it stands; what has no value stays. */
export const filled = (value: unknown, values: ReadonlyMap<string, string>): unknown => {
  if (typeof value === "string")
    return value
      .replace(/<<([a-z-]+)>>/g, (written, name: string) => values.get(name) ?? written)
      .replace(/<<([a-z-]+):([a-z0-9-]+)>>/g, (written, name: string, encoding: string) => {
        const chosen = values.get(encoding);
        const named = values.get(name);
        return chosen === undefined && named === undefined
          ? written
          : `<<${named ?? name}:${chosen ?? encoding}>>`;
      });
  if (Array.isArray(value)) return value.map((item) => filled(item, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, values)]));
};
