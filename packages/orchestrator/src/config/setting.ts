import type { Kind } from "./kinds.ts";

/** What a default may depend on. */
export interface DefaultFacts {
  readonly production: boolean;
  /** Standard output is a terminal. */
  readonly interactive: boolean;
  /** The text of `PORT`, given or default. */
  readonly port: string;
}

/** A default is text like any other value, and goes through the same parser. */
export interface Default {
  /** As the docs say it. */
  readonly text: string;
  of(facts: DefaultFacts): string;
}

/** One row of the table: all that is known of one environment variable. */
export interface Setting<Value> {
  /** A sentence or two, for `.env.example`, the docs and `ai-implement config`. */
  readonly meaning: string;
  readonly kind: Kind<Value>;
  /** Null: without a value the setting is `null`. */
  readonly default: Default | null;
  /** Said in the docs instead of a default: when it must be set, or what its absence means. */
  readonly whenUnset: string | null;
  /** Never printed. */
  readonly secret: boolean;
}

export interface OptionalSetting<Value> extends Setting<Value> {
  readonly default: null;
}

export interface DefaultedSetting<Value> extends Setting<Value> {
  readonly default: Default;
}

interface Row<Value> {
  readonly kind: Kind<Value>;
  readonly meaning: string;
}

export const optional = <Value>(
  row: Row<Value> & { readonly whenUnset?: string; readonly secret?: true },
): OptionalSetting<Value> => ({
  kind: row.kind,
  meaning: row.meaning,
  default: null,
  whenUnset: row.whenUnset ?? null,
  secret: row.secret ?? false,
});

export const defaulted = <Value>(
  row: Row<Value> & { readonly default: string | Default },
): DefaultedSetting<Value> => ({
  kind: row.kind,
  meaning: row.meaning,
  default: asDefault(row.default),
  whenUnset: null,
  secret: false,
});

const asDefault = (given: string | Default): Default =>
  typeof given === "string" ? { text: given, of: () => given } : given;

/** The two places where a service lives: a container with a volume at `/data`, or somebody's folder. */
export const byPlace = (production: string, local: string): Default => ({
  text: `${production} in production, ${local} locally`,
  of: (facts) => (facts.production ? production : local),
});

/** What a setting's value is once parsed: `null` where there is neither value nor default. */
export type ValueOf<Row> =
  Row extends OptionalSetting<infer Value>
    ? Value | null
    : Row extends DefaultedSetting<infer Value>
      ? Value
      : never;
