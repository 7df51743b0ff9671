import { refuse } from "../refusal.ts";

/**
 * `created` of a list of runs, as GitHub's search has dates: `2026-01-02`, `>=…`, `<…`, `A..B`, with `*` for an open end.
 * @throws Refusal 422 where it is no date
 */
export const createdFilter = (text: string | null): ((at: number) => boolean) => {
  if (text === null) return () => true;
  const [, from, to] = /^(.+)\.\.(.+)$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined) {
    const [first, last] = [from === "*" ? null : spanOf(from), to === "*" ? null : spanOf(to)];
    return (at) => (first === null || at >= first.start) && (last === null || at < last.end);
  }
  const [, operator = "", date = ""] = /^(>=|<=|>|<)?(.*)$/.exec(text) ?? [];
  const { start, end } = spanOf(date);
  switch (operator) {
    case ">=":
      return (at) => at >= start;
    case ">":
      return (at) => at >= end;
    case "<=":
      return (at) => at < end;
    case "<":
      return (at) => at < start;
    default:
      return (at) => at >= start && at < end;
  }
};

const dayMs = 24 * 60 * 60 * 1000;

/** A date is a day, a time is a second. */
const spanOf = (text: string): { readonly start: number; readonly end: number } => {
  const start = Date.parse(text.trim());
  if (Number.isNaN(start)) throw refuse(422, `"${text}" is not a recognized date/time format.`);
  const second = Math.floor(start / 1000) * 1000;
  return text.includes("T") ? { start: second, end: second + 1000 } : { start, end: start + dayMs };
};
