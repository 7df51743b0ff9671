import { permanent } from "../../../ports/delivery-error.ts";
import type { GithubRepository } from "./github-client.ts";

/**
 * A path below the API's root: every segment encoded. `..` has no encoded form, and would lead to another resource.
 * @throws DeliveryError (permanent) for a segment that is empty, `.` or `..`
 */
export const apiPath = (...segments: readonly (string | number)[]): string =>
  segments.map((segment) => `/${encodedSegment(String(segment))}`).join("");

/** `/repos/acme/tally`, and what is below it. */
export const repositoryApiPath = (
  { owner, name }: GithubRepository,
  ...segments: readonly (string | number)[]
): string => apiPath("repos", owner, name, ...segments);

/** For branch names and file paths, whose slashes are slashes of the URL too. */
export const segmentsOf = (path: string): readonly string[] => path.split("/");

const encodedSegment = (segment: string): string => {
  if (segment === "" || segment === "." || segment === ".." || !segment.isWellFormed())
    throw permanent(`${JSON.stringify(segment)} cannot be a part of a path on GitHub.`);
  return encodeURIComponent(segment);
};
