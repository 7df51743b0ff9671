import type { Repository } from "../../../core/project.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import { type GithubClient, GithubError } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import type { VendorGate } from "../../shared/vendor-gate.ts";
import type { UnpackedResult } from "../shared/parse-result.ts";
import { boundedFetch, isSafeAddress } from "./bounded-fetch.ts";
import { type Artifact, artifactsSchema } from "./schema.ts";
import { unpackResult } from "./unpack-result.ts";

const artifactName = "ai-implement-result";
const maxArchiveBytes = 8 * 1024 * 1024;
const storeName = "GitHub's store of artifacts";

const none = (problem: string): UnpackedResult => ({ kind: "none", problem });
const ofNoUse = (problem: string): string => `its artifact ${artifactName} is of no use: ${problem}`;
const unusable = (problem: string): UnpackedResult => ({ kind: "unusable", problem: ofNoUse(problem) });
const expired = none(ofNoUse("it has expired"));

/**
 * What a workflow run left beside itself (§8.4). All answers are certain.
 * @param store the door to wherever GitHub keeps artifacts, which is not its API
 * @throws VendorError when GitHub cannot say
 */
export const readResult = async (
  client: GithubClient,
  store: VendorGate,
  repository: Repository,
  runId: string,
): Promise<UnpackedResult> => {
  const artifact = await findArtifact(client, repository, runId);
  if (artifact === null) return none(`it left no artifact ${artifactName}`);
  if (artifact.expired) return expired;
  if (artifact.size_in_bytes > maxArchiveBytes) return unusable(tooLarge);
  const url = await downloadUrl(client, repository, artifact);
  if (url === null) return expired;
  const archive = await store.read((signal) => download(url, signal));
  if (archive === null) return unusable(tooLarge);
  const unpacked = unpackResult(archive);
  return unpacked.kind === "result" ? unpacked : unusable(unpacked.problem);
};

const tooLarge = `it is larger than ${maxArchiveBytes} bytes`;

/** The newest: a run that a person started again has one for each time. */
const findArtifact = async (
  client: GithubClient,
  repository: Repository,
  runId: string,
): Promise<Artifact | null> => {
  const { json } = await client.read(repository, "work", {
    path: repositoryApiPath(repository, "actions", "runs", runId, "artifacts"),
    query: { name: artifactName, per_page: "100" },
  });
  const { artifacts } = parseAnswer("the artifacts of a workflow run", json, artifactsSchema);
  const [newest] = artifacts
    .filter(({ name }) => name === artifactName)
    .sort((one, other) => Number(other.id) - Number(one.id));
  return newest ?? null;
};

/** Good for a minute, for whoever has it; null: the artifact is gone. */
const downloadUrl = async (
  client: GithubClient,
  repository: Repository,
  { id }: Artifact,
): Promise<URL | null> => {
  try {
    const path = repositoryApiPath(repository, "actions", "artifacts", id, "zip");
    const { status, headers } = await client.read(repository, "work", { path });
    const location = headers.get("location");
    if (status !== 302 || location === null || !URL.canParse(location))
      throw new VendorError("malformed", "GitHub did not say where the artifact lies.");
    const url = new URL(location);
    // Without TLS anybody on the way could write a result of theirs.
    if (!isSafeAddress(url))
      throw new VendorError("malformed", "GitHub keeps the artifact where only http leads.");
    return url;
  } catch (error) {
    if (error instanceof GithubError && (error.status === 404 || error.status === 410)) return null;
    throw error;
  }
};

const download = async (url: URL, signal: AbortSignal): Promise<Uint8Array | null> => {
  const { status, bytes } = await boundedFetch({ vendor: storeName, url, maxBytes: maxArchiveBytes, signal });
  if (status !== 200) throw new VendorError("unavailable", `${storeName} answered ${status}.`);
  return bytes;
};
