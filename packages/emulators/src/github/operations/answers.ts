import { jsonAnswer, type LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { GithubRepository } from "../model.ts";
import { notFound } from "../refusal.ts";
import type { Call, GithubApi } from "./operation.ts";

export const ok = (value: unknown, headers: Readonly<Record<string, string>> = {}): LoopbackAnswer =>
  jsonAnswer(200, value, headers);

export const created = (value: unknown): LoopbackAnswer => jsonAnswer(201, value);

export const noContent: LoopbackAnswer = { status: 204, body: "" };

/** The repository that the path names. @throws Refusal 404 where there is none */
export const repositoryOf = ({ store }: GithubApi, { path }: Call): GithubRepository => {
  const repository = store.find(path["owner"] ?? "", path["repo"] ?? "");
  if (repository === null) throw notFound();
  return repository;
};

export interface Page<T> {
  readonly items: readonly T[];
  /** `Link`, where there is a page before or after. */
  readonly headers: Readonly<Record<string, string>>;
}

const defaultPage = 30;
const maxPage = 100;

/**
 * One page by `page` and `per_page` (default 30, at most 100), with the `Link` header that leads on.
 * @param path below the API's root: `/repos/acme/tally/branches`
 */
export const pageOf = <T>(
  api: Pick<GithubApi, "url">,
  { query }: Pick<Call, "query">,
  path: string,
  all: readonly T[],
): Page<T> => {
  const size = Math.min(maxPage, Math.max(1, Number(query.get("per_page") ?? defaultPage)));
  const page = Math.max(1, Number(query.get("page") ?? 1));
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (number: number, relation: string): string => {
    const next = new URLSearchParams(query);
    next.set("page", String(number));
    return `<${api.url()}/api/v3${path}?${next.toString()}>; rel="${relation}"`;
  };
  const relations = [
    ...(page > 1 ? [link(page - 1, "prev"), link(1, "first")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
  ];
  return {
    items: all.slice((page - 1) * size, page * size),
    headers: relations.length === 0 ? {} : { link: relations.join(", ") },
  };
};
